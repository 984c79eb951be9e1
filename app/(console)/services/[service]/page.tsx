import { CircleHelp, Pencil, ScrollText, Users } from "lucide-react";
import type { Metadata } from "next";
import { UseBars } from "#components/access/use-bars.tsx";
import { FileLimits } from "#components/service/file-limits.tsx";
import { ReachTable } from "#components/service/reach-table.tsx";
import { ServiceFacts } from "#components/service/service-facts.tsx";
import { ServiceProxies } from "#components/service/service-proxies.tsx";
import { countedTo, serviceState } from "#components/service/service-words.ts";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Status } from "#components/ui/status.tsx";
import { listHeldAllowlists } from "#lib/access/proxy-files.ts";
import { SERVICE_COUNT_MAX, type WholeService } from "#lib/access/service-read.ts";
import { whoCanReach } from "#lib/access/who-can-reach.ts";
import { listAuthorities } from "#lib/authority/authority-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { OwnFailuresPanel } from "../../failures/own-panel.tsx";
import { orFirstPage } from "../../first-page.ts";
import { readService } from "../read-service.ts";
import { ServiceRetirement } from "./service-retirement.tsx";

interface ServicePageProps {
  params: Promise<{ service: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: ServicePageProps): Promise<Metadata> {
  return { title: harmless((await readService((await params).service)).name) };
}

/** One service: how it is used, what stands before it, and who can reach it. */
export default async function ServicePage({ params, searchParams }: ServicePageProps) {
  const actor = await requireActor();
  const here = installation();
  const service = await readService((await params).service);
  const { after: cursor } = await searchParams;
  const after = typeof cursor === "string" ? cursor : undefined;
  const path = `/services/${service.slug}`;
  const [reach, authorities, lists] = await Promise.all([
    orFirstPage(path, () => whoCanReach(here, actor, service.id, { after })),
    listAuthorities(here, actor),
    listHeldAllowlists(here, actor, [service.id]),
  ]);
  const fileProxies = [...new Set(lists.map(({ proxy }) => proxy.name))];
  const isActive = service.status === "active";
  const mayManage = isActive && isAllowed(actor, "service:manage");
  const { tone, word } = serviceState(service);
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Services", href: "/services" }]}
        title={harmless(service.name)}
        status={<Status tone={tone}>{word}</Status>}
        actions={
          <>
            {isAllowed(actor, "audit:read") && (
              <ButtonLink href={`/audit?object=service:${service.id}`} icon={<ScrollText aria-hidden />}>
                History
              </ButtonLink>
            )}
            {isActive && (
              <ButtonLink href={`/explain?service=${service.slug}`} icon={<CircleHelp aria-hidden />}>
                Explain
              </ButtonLink>
            )}
            {mayManage && (
              <>
                <ServiceRetirement service={service} fileProxies={fileProxies} />
                <ButtonLink href={`${path}/edit`} icon={<Pencil aria-hidden />}>
                  Change
                </ButtonLink>
              </>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        {isActive && <Concerns service={service} mayManage={mayManage} />}
        {isActive && (
          <FileLimits
            isLearning={service.unknownClients === "learn"}
            failsOpen={service.failsOpen}
            proxies={fileProxies}
          />
        )}
        <OwnFailuresPanel actor={actor} of="service" reference={service.slug} />
        <div className="grid items-start gap-5 xl:grid-cols-2">
          <Card title="Requests">
            <UseBars hours={service.hours} />
          </Card>
          <ServiceFacts
            service={service}
            authorities={authorities.filter(({ id }) => service.authorities.includes(id))}
          />
        </div>
        <ServiceProxies
          service={service}
          now={here.clock.now()}
          action={
            mayManage && (
              <ButtonLink href={`/proxies/new?service=${service.slug}`} size="sm">
                Connect a proxy
              </ButtonLink>
            )
          }
        />
        <Card
          title="Who can reach this service"
          description={
            isActive
              ? `${countedTo(service.clientsGranted, SERVICE_COUNT_MAX)} ${service.clientsGranted === 1 ? "client was" : "clients were"} granted it.`
              : "Nobody, as it is retired. These were granted it."
          }
          padding="none"
          actions={
            isActive && (
              <ButtonLink href="/clients/matrix" size="sm" variant="quiet">
                Matrix
              </ButtonLink>
            )
          }
        >
          {reach.clients.length === 0 ? (
            <EmptyState
              icon={<Users />}
              title={after === undefined ? "Nobody was granted it" : "These were all"}
              description={
                service.unknownClients === "learn"
                  ? "It is learning: whoever comes with a sound certificate gets in, and waits to be admitted."
                  : "Grant it to clients in the matrix, on a client's page, or when a client is made."
              }
              action={isActive && <ButtonLink href="/clients/matrix">Open the matrix</ButtonLink>}
            />
          ) : (
            <>
              <ReachTable
                clients={reach.clients}
                wholeOnly={lists.filter(({ format }) => format !== "json").map(({ proxy }) => proxy.name)}
              />
              {(after !== undefined || reach.next !== null) && (
                <Pagination
                  summary={`${reach.clients.length} shown, the oldest client first`}
                  newerHref={after === undefined ? undefined : path}
                  olderHref={reach.next === null ? undefined : `${path}?after=${reach.next}`}
                  labels={{ newer: "First page", older: "Next" }}
                />
              )}
            </>
          )}
        </Card>
      </div>
    </>
  );
}

/** What somebody should know before everything else. */
function Concerns({ service, mayManage }: { service: WholeService; mayManage: boolean }) {
  const waiting = service.callersUnknown;
  return (
    <>
      {service.proxies.length === 0 && (
        <Notice
          tone="warn"
          title="Nothing stands in front of it"
          actions={
            mayManage && (
              <ButtonLink href={`/proxies/new?service=${service.slug}`} size="sm">
                Connect a proxy
              </ButtonLink>
            )
          }
        >
          What is granted here has no effect until a proxy asks for it.
        </Notice>
      )}
      {service.failsOpen && (
        <Notice tone="warn" title="It fails open">
          When it cannot be decided, whoever has a sound certificate gets in.
        </Notice>
      )}
      {(waiting > 0 || service.unknownClients === "learn") && (
        <Notice
          tone={service.unknownClients === "learn" ? "warn" : "info"}
          title={
            service.unknownClients === "learn"
              ? "It is learning: unknown callers get in"
              : "Somebody came who is not admitted"
          }
          actions={
            waiting > 0 && (
              <ButtonLink href={`/clients/callers?service=${service.slug}`} size="sm">
                See who
              </ButtonLink>
            )
          }
        >
          {waiting === 0
            ? "Nobody unknown came yet. Refuse unknown callers once everybody is admitted."
            : `${countedTo(waiting, SERVICE_COUNT_MAX)} ${waiting === 1 ? "caller waits" : "callers wait"} to be admitted or dismissed.`}
        </Notice>
      )}
    </>
  );
}
