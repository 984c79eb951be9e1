import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { TOKEN_PLACE } from "#components/proxy/configuration-draft.ts";
import { LoopbackNotice } from "#components/proxy/loopback-notice.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { accessWays } from "#lib/access/proxy-configuration/access-configuration.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import { serviceNames } from "#lib/access/service-names.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { ConfigurationPanel } from "../../configuration-panel.tsx";
import { readProxy } from "../../read-proxy.ts";
import { usualPlanes } from "../../usual-planes.ts";

interface ConfigurationPageProps {
  params: Promise<{ proxy: string }>;
}

export async function generateMetadata({ params }: ConfigurationPageProps): Promise<Metadata> {
  return { title: `Configuration of ${harmless((await readProxy((await params).proxy)).name)}` };
}

/** The configuration of a proxy that is connected already, without its token. */
export default async function ConfigurationPage({ params }: ConfigurationPageProps) {
  const actor = await requireActor();
  const here = installation();
  if (!isAllowed(actor, "service:manage")) notFound();
  const { slug, name, kind, status, services: before } = await readProxy((await params).proxy);
  if (status === "retired") notFound();
  const services = await serviceNames(here, actor);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Proxies", href: "/proxies" },
          { label: harmless(name), href: `/proxies/${slug}` },
        ]}
        title="Configuration"
        description="For each of its services, with the names of this instance."
      />
      <div className="flex flex-col gap-5">
        <Notice tone="info" title="The token is not known here any more">
          Where it belongs stands <span className="font-mono">{TOKEN_PLACE}</span>. When it is lost, replace
          it on the page of the proxy.
        </Notice>
        <LoopbackNotice url={here.config.protocolUrl} />
        <ConfigurationPanel
          proxy={slug}
          name={name}
          services={services.filter((service) => before.some(({ id }) => id === service.id))}
          ways={accessWays(kind as ProxyKind)}
          token={null}
          planes={usualPlanes(here.config)}
        />
      </div>
    </>
  );
}
