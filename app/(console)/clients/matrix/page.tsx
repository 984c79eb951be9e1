import { Grid3x3 } from "lucide-react";
import type { Metadata } from "next";
import { AccessMatrix } from "#components/access/access-matrix.tsx";
import { MatrixFilters } from "#components/access/matrix-filters.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { type GrantMatrix, grantMatrix } from "#lib/access/grant-matrix.ts";
import { listHeldAllowlists } from "#lib/access/proxy-files.ts";
import { serviceNames } from "#lib/access/service-names.ts";
import { untoldProxies } from "#lib/access/untold-proxies.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { orFirstPage } from "../../first-page.ts";
import { endGrantInMatrix, grantInMatrix } from "./actions.ts";

export const metadata: Metadata = { title: "Clients and services" };

/** Columns that can be looked at without losing the thread; whoever wants others chooses them. */
const COLUMNS = 12;

/** Longer than any name of a client. */
const SEARCH_MAX = 200;

interface MatrixPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Clients × services: who may call what, and when they did last. */
export default async function MatrixPage({ searchParams }: MatrixPageProps) {
  const actor = await requireActor();
  const here = installation();
  const query = await searchParams;
  const search = [query.q ?? ""].flat()[0]?.slice(0, SEARCH_MAX) ?? "";
  const after = typeof query.after === "string" ? query.after : undefined;
  const all = await serviceNames(here, actor);
  const asked = [query.service ?? []].flat();
  const chosen = all.filter(({ slug }) => asked.includes(slug)).map(({ slug }) => slug);
  const columns = chosen.length > 0 ? chosen : all.slice(0, COLUMNS).map(({ slug }) => slug);
  const filters = new URLSearchParams([
    ...(search === "" ? [] : [["q", search]]),
    ...chosen.map((slug) => ["service", slug]),
  ]);
  const matrix = await orFirstPage("/clients/matrix", () =>
    grantMatrix(here, actor, { search, services: columns, after }),
  );
  const untold = await untoldProxies(
    here,
    actor,
    matrix.services.map(({ id }) => id),
  );
  const lists = await listHeldAllowlists(
    here,
    actor,
    matrix.services.map(({ id }) => id),
  );
  const wholeOnly = Object.fromEntries(
    matrix.services.map(({ id }) => [
      id,
      lists
        .filter(({ service, format }) => service.id === id && format !== "json")
        .map(({ proxy }) => proxy.name),
    ]),
  );
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Clients", href: "/clients" }]}
        title="Clients and services"
        description="Who may call what, and when they did last. A press on an empty cell grants the whole service; a press on a grant ends it."
      />
      {all.length === 0 ? (
        <Card>
          <EmptyState
            icon={<Grid3x3 />}
            title="There is no service yet"
            description="Services are the columns here, and clients the rows."
            action={
              isAllowed(actor, "service:manage") && <ButtonLink href="/services/new">New service</ButtonLink>
            }
          />
        </Card>
      ) : (
        <Card padding="none">
          <MatrixFilters
            key={filters.toString()}
            search={search}
            services={all.map(({ slug, name }) => ({ slug, name }))}
            chosen={columns}
            isFiltered={filters.size > 0}
          />
          {matrix.rows.length === 0 ? (
            <Nothing isFiltered={search !== ""} isLater={after !== undefined} />
          ) : (
            <>
              <AccessMatrix
                services={matrix.services}
                rows={matrix.rows}
                untold={untold}
                wholeOnly={wholeOnly}
                now={here.clock.now()}
                change={
                  isAllowed(actor, "client:manage")
                    ? { grant: grantInMatrix, end: endGrantInMatrix }
                    : undefined
                }
              />
              <Pagination
                summary={summaryOf(matrix)}
                newerHref={after === undefined ? undefined : hrefOf(filters)}
                olderHref={matrix.next === null ? undefined : hrefOf(filters, matrix.next)}
                labels={{ newer: "First page", older: "Next" }}
              />
            </>
          )}
        </Card>
      )}
    </>
  );
}

function summaryOf({ rows, services, moreServices }: GrantMatrix): string {
  const clients = rows.length === 1 ? "1 client" : `${rows.length} clients`;
  return moreServices > 0
    ? `${clients} by name, and ${services.length} of ${services.length + moreServices} services`
    : `${clients} by name, and every service`;
}

function hrefOf(filters: URLSearchParams, after?: string): string {
  const query = new URLSearchParams([...filters, ...(after === undefined ? [] : [["after", after]])]);
  return query.size === 0 ? "/clients/matrix" : `/clients/matrix?${query}`;
}

function Nothing({ isFiltered, isLater }: { isFiltered: boolean; isLater: boolean }) {
  if (isFiltered || isLater) {
    return (
      <EmptyState
        title={isLater ? "These were all" : "No client has such a name"}
        description={isLater ? "There is no further client." : "Retired clients are not shown here."}
        action={<ButtonLink href="/clients/matrix">Show all</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={<Grid3x3 />}
      title="There is no client yet"
      description="Make one, or admit callers that came."
      action={<ButtonLink href="/clients">Clients</ButtonLink>}
    />
  );
}
