import { Server } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { serviceNames } from "#lib/access/service-names.ts";
import { bundleNames } from "#lib/authority/named-bundles.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { usualPlanes } from "../usual-planes.ts";
import { waysOfKinds } from "../ways-of-kinds.ts";
import { ConnectProxy } from "./connect-proxy.tsx";

export const metadata: Metadata = { title: "Connect a proxy" };

interface NewProxyPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Connects a proxy: what it is, its token once, its configuration, and whether it arrives. */
export default async function NewProxyPage({ searchParams }: NewProxyPageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "service:manage")) notFound();
  const here = installation();
  const { service: slug } = await searchParams;
  const [all, bundles] = await Promise.all([serviceNames(here, actor), bundleNames(here, actor)]);
  // The one from which somebody came is in view, however long the list is.
  const services = all.toSorted((a, b) => Number(b.slug === slug) - Number(a.slug === slug));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Proxies", href: "/proxies" }]}
        title="Connect a proxy"
        description="It gets a token of its own and a complete configuration, and you see whether it arrives."
      />
      {services.length === 0 ? (
        <Card>
          <EmptyState
            icon={<Server />}
            title="There is no service yet"
            description="A proxy stands in front of services: describe what you protect first."
            action={
              <ButtonLink href="/services/new" variant="primary">
                New service
              </ButtonLink>
            }
          />
        </Card>
      ) : (
        <ConnectProxy
          services={services}
          bundles={bundles}
          chosen={services.find((service) => service.slug === slug)?.id ?? null}
          ways={waysOfKinds()}
          planes={usualPlanes(here.config)}
          protocolUrl={here.config.protocolUrl}
        />
      )}
    </>
  );
}
