import { Server } from "lucide-react";
import type { Metadata } from "next";
import { ServiceTable } from "#components/service/service-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listServices } from "#lib/access/service-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { orFirstPage } from "../first-page.ts";

export const metadata: Metadata = { title: "Services" };

interface ServicesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What is protected: who stands before it, and how many may enter. */
export default async function ServicesPage({ searchParams }: ServicesPageProps) {
  const actor = await requireActor();
  const query = await searchParams;
  const retired = query.status === "retired";
  const after = typeof query.after === "string" ? query.after : undefined;
  const path = retired ? "/services?status=retired" : "/services";
  const { services, next } = await orFirstPage(path, () =>
    listServices(installation(), actor, { retired, after }),
  );
  const mayManage = isAllowed(actor, "service:manage");
  return (
    <>
      <PageHeader
        title={retired ? "Retired services" : "Services"}
        {...(retired ? { breadcrumbs: [{ label: "Services", href: "/services" }] } : {})}
        description="What is protected. A proxy in front of each asks, or is told, which clients may enter."
        actions={
          mayManage &&
          !retired && (
            <ButtonLink href="/services/new" variant="primary">
              New service
            </ButtonLink>
          )
        }
      />
      <Card padding="none">
        {services.length === 0 ? (
          <EmptyState
            icon={<Server />}
            title={retired ? "No service is retired" : "There is no service yet"}
            description={
              retired
                ? "Services that are no more stand here."
                : "Describe what you protect, put a proxy in front of it, and grant it to clients."
            }
            action={
              retired ? (
                <ButtonLink href="/services">All services</ButtonLink>
              ) : (
                mayManage && (
                  <ButtonLink href="/services/new" variant="primary">
                    New service
                  </ButtonLink>
                )
              )
            }
          />
        ) : (
          <>
            <ServiceTable services={services} />
            {(after !== undefined || next !== null) && (
              <Pagination
                summary={`${services.length} shown, by short name`}
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
          <ButtonLink href="/services?status=retired" size="sm" variant="quiet">
            Retired services
          </ButtonLink>
        </p>
      )}
    </>
  );
}
