import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import { serviceNames } from "#lib/access/service-names.ts";
import { bundleNames } from "#lib/authority/named-bundles.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { EditForm } from "../../edit-form.tsx";
import { readProxy } from "../../read-proxy.ts";

interface EditProxyPageProps {
  params: Promise<{ proxy: string }>;
}

export async function generateMetadata({ params }: EditProxyPageProps): Promise<Metadata> {
  return { title: `Change ${harmless((await readProxy((await params).proxy)).name)}` };
}

/** Changes all of a proxy but its short name and its token. */
export default async function EditProxyPage({ params }: EditProxyPageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "service:manage")) notFound();
  const { id, version, slug, name, kind, status, ...proxy } = await readProxy((await params).proxy);
  if (status === "retired") notFound();
  const here = installation();
  const [services, bundles] = await Promise.all([serviceNames(here, actor), bundleNames(here, actor)]);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Proxies", href: "/proxies" },
          { label: harmless(name), href: `/proxies/${slug}` },
        ]}
        title={`Change ${harmless(name)}`}
      />
      <EditForm
        present={{ id, version }}
        start={{
          ...{ slug, name },
          kind: kind as ProxyKind, // written by proxy-change.ts only
          services: proxy.services.map((service) => service.id),
          certificateSha256: proxy.certificateSha256 ?? "",
          ...{ bundle: proxy.bundle, software: proxy.software },
        }}
        services={services.map((service) => ({ id: service.id, name: service.name }))}
        bundles={bundles}
        header={proxy.header}
        listed={proxy.files.map(({ service: { id: serviceId } }) => serviceId)}
      />
    </>
  );
}
