import { HistoryList } from "#components/certificate/history-list.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { listAuditEvents } from "#lib/audit/read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";

/** Events in view; the audit trail has all. */
const SHOWN = 10;

/** What happened to a client, from the audit trail, for whoever may read that. */
export async function History({ actor, clientId }: { actor: UserActor; clientId: string }) {
  if (!isAllowed(actor, "audit:read")) {
    return (
      <Card title="History">
        <p className="text-muted">
          Every change is in the audit trail. Your role does not read it: ask an admin or auditor.
        </p>
      </Card>
    );
  }
  const object = { kind: "client", id: clientId };
  const { events, older } = await listAuditEvents(installation(), actor, { object, limit: SHOWN });
  return (
    <Card
      title="History"
      actions={
        <ButtonLink href={`/audit?object=client:${clientId}`} size="sm" variant="quiet">
          {older === null ? "In the audit trail" : "All of it in the audit trail"}
        </ButtonLink>
      }
    >
      <HistoryList events={events} />
    </Card>
  );
}
