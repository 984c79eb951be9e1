import { FileUp, Grid3x3, Radar, UsersRound } from "lucide-react";
import type { Metadata } from "next";
import { type ClientAddress, clientsHref, readAddress } from "#components/client/client-address.ts";
import { ClientFilters } from "#components/client/client-filters.tsx";
import { ClientTable } from "#components/client/client-table.tsx";
import { StatusSwitch } from "#components/client/status-switch.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { countClients } from "#lib/access/client-filter.ts";
import { listClients } from "#lib/access/client-read.ts";
import { listServices } from "#lib/access/service-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { orFirstPage } from "../first-page.ts";
import { resume, suspend } from "./actions.ts";

export const metadata: Metadata = { title: "Clients" };

interface ClientsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What an address says of facts that clients have; empty ones say nothing. */
function saidOf({ service, environment, owner, tag }: ClientAddress) {
  const said = { service, environment, owner, tag };
  return Object.fromEntries(Object.entries(said).filter(([, text]) => text !== ""));
}

/** More services than a menu takes are chosen from the service's own page. */
const SERVICES_OFFERED = 200;

/** Who may call what, in the manner of a list of API keys. */
export default async function ClientsPage({ searchParams }: ClientsPageProps) {
  const actor = await requireActor();
  const here = installation();
  const address = readAddress(await searchParams);
  const { search, state, after } = address;
  const filter = { search, state, withoutRetired: true, ...saidOf(address) };
  const [{ clients, next }, { services }, total] = await Promise.all([
    orFirstPage(clientsHref(address), () => listClients(here, actor, { ...filter, after })),
    listServices(here, actor, { limit: SERVICES_OFFERED }),
    countClients(here, actor, filter),
  ]);
  const mayManage = isAllowed(actor, "client:manage");
  const isNarrowed = clientsHref(address) !== "/clients";
  const isEmpty = clients.length === 0 && !isNarrowed && after === undefined;
  return (
    <>
      <PageHeader
        title="Clients"
        description="Who may call which service, and by which certificate each is known."
        actions={
          !isEmpty && (
            <>
              <ButtonLink href="/clients/matrix" icon={<Grid3x3 aria-hidden />}>
                Matrix
              </ButtonLink>
              <ButtonLink href="/clients/callers" icon={<Radar aria-hidden />}>
                From traffic
              </ButtonLink>
              {mayManage && (
                <>
                  <ButtonLink href="/clients/import" icon={<FileUp aria-hidden />}>
                    Import
                  </ButtonLink>
                  <ButtonLink href="/clients/new" variant="primary">
                    New client
                  </ButtonLink>
                </>
              )}
            </>
          )
        }
      />
      <Card padding="none">
        {isEmpty ? (
          <EmptyState
            icon={<UsersRound />}
            title="There is no client yet"
            description="A client is somebody with a certificate who may call a service: a job, a partner, a device. It is managed like an API key: created, granted, seen in use, rotated, suspended."
            action={
              mayManage ? (
                <>
                  <ButtonLink href="/clients/new" variant="primary">
                    New client
                  </ButtonLink>
                  <ButtonLink href="/clients/import">Import from a file</ButtonLink>
                  <ButtonLink href="/clients/callers">Admit from traffic</ButtonLink>
                </>
              ) : (
                <ButtonLink href="/clients/callers">Who comes already</ButtonLink>
              )
            }
          />
        ) : (
          <>
            <ClientFilters key={clientsHref(address)} services={services} address={address} />
            {clients.length === 0 ? (
              <EmptyState
                title={after === undefined ? "No client is like that" : "There are no more"}
                description={
                  after === undefined
                    ? "Other filters may show more."
                    : "They may have been renamed since the page before was shown."
                }
                action={
                  <ButtonLink href={after === undefined ? "/clients" : clientsHref(address)}>
                    {after === undefined ? "Show all clients" : "First page"}
                  </ButtonLink>
                }
              />
            ) : (
              <ClientTable
                clients={clients}
                now={here.clock.now()}
                actionsOf={
                  mayManage
                    ? ({ id, name, state: present }) =>
                        present !== "retired" && (
                          <StatusSwitch
                            client={{ id, name, status: present }}
                            suspend={suspend}
                            resume={resume}
                            size="sm"
                          />
                        )
                    : undefined
                }
              />
            )}
            {clients.length > 0 && (
              <Pagination
                summary={`${clients.length} of ${total.count.toLocaleString("en")}${total.more ? "+" : ""} shown, by name`}
                newerHref={after === undefined ? undefined : clientsHref(address)}
                olderHref={next === null ? undefined : clientsHref(address, next)}
                labels={{ newer: "First page", older: "Next" }}
              />
            )}
          </>
        )}
      </Card>
      {state !== "retired" && (
        <p className="mt-3 text-sm">
          <ButtonLink href="/clients?state=retired" size="sm" variant="quiet">
            Retired clients
          </ButtonLink>
        </p>
      )}
    </>
  );
}
