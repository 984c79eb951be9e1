import { appendAudit } from "#lib/audit/append.ts";
import type { ItemResult } from "#lib/authority/bulk-claim.ts";
import { certificateItemSchema } from "#lib/authority/bulk-items.ts";
import { revocationObstacles } from "#lib/authority/bulk-revocation-obstacles.ts";
import type { RunParameters } from "#lib/authority/bulk-run.ts";
import type { BulkContext, Piece } from "#lib/authority/bulk-work.ts";
import { forgetRevocationCounter } from "#lib/authority/revocation-counter.ts";
import { REVOCATION_EVENTS, type RevocationChange, revokePart } from "#lib/authority/revoke-part.ts";
import type { Reader, Transaction } from "#lib/database.ts";

/** How many are revoked, held or released at once: in one transaction, which others wait for. */
export const REVOKE_PIECE = 25;

const NOT_THERE = "It is not in the inventory any more.";

type RevocationParameters = Extract<RunParameters, { kind: "revoke" | "hold" | "release" }>;

/** Whether a run revokes, holds or releases. */
export function isRevocationRun(parameters: RunParameters): parameters is RevocationParameters {
  return parameters.kind === "revoke" || parameters.kind === "hold" || parameters.kind === "release";
}

/** What a run does to each certificate. */
export function changeOf(parameters: RevocationParameters): RevocationChange {
  const { kind: action, comment } = parameters;
  if (parameters.kind !== "revoke") return { action, reason: "certificateHold", comment, invalidAt: null };
  const { reason, invalidAt } = parameters;
  return { action, reason, comment, invalidAt: invalidAt === undefined ? null : new Date(invalidAt) };
}

/** Revokes, holds or releases certificates; what cannot be changed is passed over with its reason. */
export async function revokePiece(context: BulkContext, { run, items }: Piece): Promise<ItemResult[]> {
  const { installation, actor } = context;
  if (!isRevocationRun(run.parameters)) return [];
  const change = changeOf(run.parameters);
  const wanted = items.map((item) => ({
    id: item.id,
    certificate: certificateItemSchema.parse(JSON.parse(item.input)).certificate,
  }));
  const ids = wanted.map(({ certificate }) => certificate);
  const obstacles = await revocationObstacles(installation, change, ids);
  const now = installation.clock.now();
  const { refusals, done } = await installation.database.write(async (transaction) => {
    // What a process that died, or was thought to have, did for this run: it is an obstacle now, but done.
    const earlier = await changedInRun(transaction, run.id, change, ids);
    const open = ids.filter((id) => !earlier.has(id) && !obstacles.has(id));
    const part = await revokePart(installation, transaction, actor, open, change, now);
    await appendAudit(transaction, actor, now, ...part.entries);
    return {
      refusals: part.refusals,
      done: new Set([...earlier, ...part.entries.map(({ object }) => object.id)]),
    };
  });
  forgetRevocationCounter(installation);
  return wanted.map(({ id, certificate }): ItemResult => {
    if (done.has(certificate)) return { id, status: "done", message: "" };
    const message = refusals.get(certificate)?.message ?? obstacles.get(certificate)?.sentence;
    return message === undefined
      ? { id, status: "failed", message: NOT_THERE }
      : { id, status: "skipped", message };
  });
}

/**
 * The certificates that a run has changed, as the audit trail has it: the event is written with the change itself,
 * so that this is whole even after a crash.
 *
 * @param reader outside or inside a transaction
 */
export async function changedInRun(
  reader: Reader | Transaction,
  runId: string,
  { action }: RevocationChange,
  certificates: readonly string[],
): Promise<ReadonlySet<string>> {
  if (certificates.length === 0) return new Set();
  const events = await reader.auditEvent.findMany({
    where: {
      objectKind: "certificate",
      objectId: { in: [...certificates] },
      action: REVOCATION_EVENTS[action],
      requestId: runId,
    },
    select: { objectId: true },
  });
  return new Set(events.map(({ objectId }) => objectId));
}
