import { Waypoints } from "lucide-react";
import type { Metadata } from "next";
import { ProxyTable } from "#components/proxy/proxy-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listProxies } from "#lib/access/proxy-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { orFirstPage } from "../first-page.ts";

export const metadata: Metadata = { title: "Proxies" };

interface ProxiesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What stands in front of services: whether each is there, and how a revocation reaches it. */
export default async function ProxiesPage({ searchParams }: ProxiesPageProps) {
  const actor = await requireActor();
  const here = installation();
  const query = await searchParams;
  const retired = query.status === "retired";
  const after = typeof query.after === "string" ? query.after : undefined;
  const path = retired ? "/proxies?status=retired" : "/proxies";
  const { proxies, next } = await orFirstPage(path, () => listProxies(here, actor, { retired, after }));
  const mayManage = isAllowed(actor, "service:manage");
  const connect = (
    <ButtonLink href="/proxies/new" variant="primary">
      Connect a proxy
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title={retired ? "Retired proxies" : "Proxies"}
        {...(retired ? { breadcrumbs: [{ label: "Proxies", href: "/proxies" }] } : {})}
        description="What stands in front of services and enforces who may enter. Each proves itself with a token of its own, and only its word is believed."
        actions={mayManage && !retired && connect}
      />
      <Card padding="none">
        {proxies.length === 0 ? (
          <EmptyState
            icon={<Waypoints />}
            title={retired ? "No proxy is retired" : "No proxy is connected"}
            description={
              retired
                ? "Proxies that are believed no more stand here."
                : "Connect nginx, Caddy, HAProxy, Apache, Envoy or Traefik: the configuration is written for you."
            }
            action={retired ? <ButtonLink href="/proxies">All proxies</ButtonLink> : mayManage && connect}
          />
        ) : (
          <>
            <ProxyTable proxies={proxies} now={here.clock.now()} />
            {(after !== undefined || next !== null) && (
              <Pagination
                summary={`${proxies.length} shown, by short name`}
                newerHref={after === undefined ? undefined : path}
                olderHref={next === null ? undefined : `${path}${retired ? "&" : "?"}after=${next}`}
                labels={{ newer: "First page", older: "Next" }}
              />
            )}
          </>
        )}
      </Card>
      {!retired && (
        <p className="mt-3 text-sm">
          <ButtonLink href="/proxies?status=retired" size="sm" variant="quiet">
            Retired proxies
          </ButtonLink>
        </p>
      )}
    </>
  );
}
