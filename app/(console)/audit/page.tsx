import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import { AuditFilters } from "#components/audit/audit-filters.tsx";
import { AuditTable } from "#components/audit/audit-table.tsx";
import { ChainCheck } from "#components/audit/chain-check.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { isActionCode } from "#lib/audit/action-names.ts";
import { ACTOR_KINDS, type AuditPage, listAuditEvents } from "#lib/audit/read.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Audit trail" };

interface AuditPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Everything that anybody changed, the newest first. */
export default async function AuditTrailPage({ searchParams }: AuditPageProps) {
  const actor = await requireActor();
  const query = await searchParams;
  const actorKind = ACTOR_KINDS.find((kind) => kind === query.actor);
  const action = typeof query.action === "string" && isActionCode(query.action) ? query.action : undefined;
  const object = objectOf(query.object);
  const page = await orNothingHere(
    listAuditEvents(installation(), actor, {
      actorKind,
      action,
      object,
      before: sequenceOf(query.before),
      after: sequenceOf(query.after),
    }),
  );
  const filters = new URLSearchParams({
    ...(actorKind === undefined ? {} : { actor: actorKind }),
    ...(action === undefined ? {} : { action }),
    ...(object === undefined ? {} : { object: `${object.kind}:${object.id}` }),
  });
  const filtered = filters.size > 0;
  return (
    <>
      <PageHeader
        title="Audit trail"
        description="Who did what to what, and how it ended. Nothing here can be edited; times are UTC."
      />
      <Card padding="none">
        <ChainCheck />
        <AuditFilters
          key={filters.toString()}
          actorKind={actorKind ?? ""}
          action={action ?? ""}
          object={filters.get("object") ?? ""}
        />
        {page.events.length === 0 ? (
          <EmptyState
            icon={<ScrollText />}
            title={filtered ? "Nothing matches" : "Nothing here"}
            description={
              filtered ? "No event is of this kind." : "There are no events on this side of the trail."
            }
            action={<ButtonLink href="/audit">Show everything</ButtonLink>}
          />
        ) : (
          <>
            {object !== undefined && (
              <p className="px-4 pb-3">
                Only what happened to <strong className="font-semibold">{page.events[0]?.object.name}</strong>
                .
              </p>
            )}
            <AuditTable events={page.events} />
            <Pagination
              summary={summaryOf(page)}
              newerHref={page.newer === null ? undefined : hrefOf(filters, "after", page.newer)}
              olderHref={page.older === null ? undefined : hrefOf(filters, "before", page.older)}
            />
          </>
        )}
      </Card>
    </>
  );
}

function hrefOf(filters: URLSearchParams, name: "before" | "after", sequence: number): string {
  return `/audit?${new URLSearchParams([...filters, [name, String(sequence)]])}`;
}

function summaryOf({ events }: AuditPage): string {
  const [first, last] = [events[0]?.sequence ?? 0, events.at(-1)?.sequence ?? 0];
  return events.length === 1
    ? `Event ${first.toLocaleString("en")}`
    : `Events ${first.toLocaleString("en")} to ${last.toLocaleString("en")}`;
}

/** What is no sequence number leads to the newest events. */
function sequenceOf(text: string | string[] | undefined): number | undefined {
  return typeof text === "string" && /^\d{1,10}$/.test(text) && Number(text) < 2 ** 31
    ? Number(text)
    : undefined;
}

function objectOf(text: string | string[] | undefined): { kind: string; id: string } | undefined {
  const [, kind, id] = (typeof text === "string" && /^([a-z-]{1,40}):([\x21-\x7E]{1,200})$/.exec(text)) || [];
  return kind === undefined || id === undefined ? undefined : { kind, id };
}
