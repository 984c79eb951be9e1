import { isActionCode } from "#lib/audit/action-names.ts";
import type { AuditFacts } from "#lib/audit/chain.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Prisma } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

export const ACTOR_KINDS = ["user", "token", "system"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** An audit event as the trail shows it. */
export interface AuditEventView {
  sequence: number;
  /** Whole seconds. */
  at: Date;
  actor: { kind: string; id: string; name: string };
  /** Stable code; see action-names.ts for its words. */
  action: string;
  object: { kind: string; id: string; name: string };
  outcome: AuditFacts["outcome"];
  /** Empty when nobody's request led to it. */
  requestId: string;
  details: Record<string, unknown>;
  hash: string;
}

export interface AuditPage {
  /** The newest first. */
  events: AuditEventView[];
  /** Pass as `before` for the older ones; null at the end. */
  older: number | null;
  /** Pass as `after` for the newer ones; null at the beginning. */
  newer: number | null;
}

export interface AuditQuestion {
  actorKind?: ActorKind | undefined;
  action?: string | undefined;
  /** All that happened to one thing. */
  object?: { kind: string; id: string } | undefined;
  /** Only events with a smaller sequence number. */
  before?: number | undefined;
  /** Only events with a larger sequence number, the ones next to it. */
  after?: number | undefined;
  /** At most 200. */
  limit?: number;
}

const LIMIT_MAX = 200;

/**
 * Events of the audit trail, the newest first, in pages by sequence number: rows that are added meanwhile
 * never shift a page.
 *
 * @throws DomainError `forbidden`
 */
export async function listAuditEvents(
  installation: Installation,
  actor: Actor,
  { actorKind, action, object, before, after, limit = 50 }: AuditQuestion = {},
): Promise<AuditPage> {
  authorize(actor, "audit:read");
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const where: Prisma.AuditEventWhereInput = {
    ...(actorKind === undefined ? {} : { actorKind }),
    ...(action === undefined || !isActionCode(action) ? {} : { action }),
    ...(object === undefined ? {} : { objectKind: object.kind, objectId: object.id }),
  };
  // Walking towards the newer ones reads upwards from the cursor and turns the page round.
  const upwards = after !== undefined && before === undefined;
  const rows = await installation.database.read.auditEvent.findMany({
    where: {
      ...where,
      ...(upwards ? { sequence: { gt: after } } : {}),
      ...(before === undefined ? {} : { sequence: { lt: before } }),
    },
    orderBy: { sequence: upwards ? "asc" : "desc" },
    take: size + 1,
  });
  const more = rows.length > size;
  const page = rows.slice(0, size);
  if (upwards) page.reverse();
  const first = page[0]?.sequence;
  const last = page.at(-1)?.sequence;
  const isNewest = upwards ? !more : before === undefined;
  const isOldest = upwards ? false : !more;
  return {
    events: page.map((row) => ({
      sequence: row.sequence,
      at: row.at,
      actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
      action: row.action,
      object: { kind: row.objectKind, id: row.objectId, name: row.objectName },
      outcome: row.outcome as AuditEventView["outcome"],
      requestId: row.requestId,
      details: JSON.parse(row.details) as Record<string, unknown>,
      hash: row.hash,
    })),
    older: isOldest || last === undefined ? null : last,
    newer: isNewest || first === undefined ? null : first,
  };
}
