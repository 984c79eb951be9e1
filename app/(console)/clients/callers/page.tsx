import { ShieldCheck } from "lucide-react";
import type { Metadata } from "next";
import { AdmitDialog } from "#components/access/admit-dialog.tsx";
import { CallerFilters } from "#components/access/caller-filters.tsx";
import { CallerTable } from "#components/access/caller-table.tsx";
import { DismissCaller } from "#components/access/dismiss-caller.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listCallers } from "#lib/access/caller-read.ts";
import { CALLER_DAYS } from "#lib/access/caller-tally.ts";
import { serviceNames } from "#lib/access/service-names.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { orFirstPage } from "../../first-page.ts";
import { admit, dismiss } from "./actions.ts";

export const metadata: Metadata = { title: "Callers from traffic" };

const PATH = "/clients/callers";

interface CallersPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Who came without being admitted; one click admits it. */
export default async function CallersPage({ searchParams }: CallersPageProps) {
  const actor = await requireActor();
  const here = installation();
  const query = await searchParams;
  const services = await serviceNames(here, actor);
  const service = services.find(({ slug }) => slug === query.service);
  const after = typeof query.after === "string" ? query.after : undefined;
  const first = service === undefined ? PATH : `${PATH}?service=${service.slug}`;
  const { callers, next } = await orFirstPage(first, () =>
    listCallers(here, actor, { service: service?.slug, after }),
  );
  const mayManage = isAllowed(actor, "client:manage");
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Clients", href: "/clients" }]}
        title="Callers from traffic"
        description={`Who came to a service without being admitted to it, the latest first. Whoever does not come again is forgotten after ${CALLER_DAYS} days.`}
      />
      <Card padding="none">
        {services.length > 1 && (
          <CallerFilters key={first} services={services} service={service?.slug ?? ""} />
        )}
        {callers.length === 0 ? (
          <EmptyState
            icon={<ShieldCheck />}
            title={after === undefined ? "Nobody waits" : "These were all"}
            description={
              <>
                {after === undefined
                  ? "Whoever comes with a sound certificate and is not admitted stands here within seconds, also when a learning service let it in."
                  : "There is no earlier caller."}{" "}
                Checked <AbsoluteTime time={here.clock.now()} />.
              </>
            }
            action={
              <ButtonLink href={after === undefined ? "/services" : first}>
                {after === undefined ? "Services" : "First page"}
              </ButtonLink>
            }
          />
        ) : (
          <>
            <CallerTable
              callers={callers}
              actionsOf={(caller) =>
                mayManage && (
                  <>
                    <AdmitDialog caller={caller} admit={admit} />
                    <DismissCaller caller={caller} dismiss={dismiss} />
                  </>
                )
              }
            />
            {(after !== undefined || next !== null) && (
              <Pagination
                summary={`${callers.length} shown, the latest first`}
                newerHref={after === undefined ? undefined : first}
                olderHref={next === null ? undefined : `${first}${first === PATH ? "?" : "&"}after=${next}`}
                labels={{ newer: "Latest", older: "Earlier" }}
              />
            )}
          </>
        )}
      </Card>
    </>
  );
}
