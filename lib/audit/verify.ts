import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { type ChainedEvent, type ChainFault, type ChainHead, findFault } from "#lib/audit/chain.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { AUDIT_GENESIS, type Installation } from "#lib/installation.ts";

/** How far the check is. */
export interface ChainProgress {
  checked: number;
  /** Events up to the head that the check began with. */
  total: number;
}

/** A place where the trail was taken up again from a backup, told by the event `installation.restored`. */
export interface Restoration {
  /** Of the event that tells of it; what follows was written after the restore. */
  sequence: number;
  /** ISO 8601, whole seconds. */
  at: string;
  /** Where the replaced trail ended; null when that was not known. A head noted from it no longer fits. */
  replaced: { sequence: number; hash: string } | null;
}

/** What the check found. */
export interface ChainVerdict {
  /** Every event is there, in place and unchanged, up to the recorded head. */
  whole: boolean;
  /** The first thing wrong. */
  fault: ChainFault | null;
  checked: number;
  /** The head that the check began with; written down elsewhere, it also proves a later cut. */
  head: { sequence: number; hash: string };
  /** The newest few at most. */
  restorations: Restoration[];
  /** Whole seconds. */
  checkedAt: Date;
}

/** So many restorations are named. */
const RESTORATIONS_MAX = 20;

/** Reading and hashing so many takes a few milliseconds: other pages are not held up. */
const SLICE = 250;

/**
 * Follows the whole audit chain from its beginning to its head: no gap, every hash right, each event
 * carrying the hash of the one before. Yields how far it is; events appended meanwhile are not looked at.
 *
 * @returns the verdict, as the generator's return value
 * @throws DomainError `forbidden`
 */
export async function* verifyChain(
  installation: Installation,
  actor: Actor,
): AsyncGenerator<ChainProgress, ChainVerdict> {
  authorize(actor, "audit:read");
  const ground = await installation.database.read.ground.findUniqueOrThrow({
    where: { id: 1 },
    select: { auditSequence: true, auditHead: true },
  });
  const restorations: Restoration[] = [];
  const verdict = (checked: number, fault: ChainFault | null): ChainVerdict => ({
    whole: fault === null,
    fault,
    checked,
    head: { sequence: ground.auditSequence, hash: ground.auditHead },
    restorations: restorations.slice(-RESTORATIONS_MAX),
    checkedAt: installation.clock.now(),
  });

  let before: ChainHead = { auditSequence: 0, auditHead: AUDIT_GENESIS };
  while (before.auditSequence < ground.auditSequence) {
    const slice = await readSlice(installation, before.auditSequence, ground.auditSequence);
    const fault = findFault(slice, before);
    if (fault !== null) return verdict(Math.max(0, fault.sequence - 1), fault);
    const last = slice.at(-1);
    if (last === undefined) {
      const missing = before.auditSequence + 1;
      return verdict(before.auditSequence, { sequence: missing, detail: `Event ${missing} is missing.` });
    }
    restorations.push(...slice.filter(({ action }) => action === "installation.restored").map(restorationOf));
    before = { auditSequence: last.sequence, auditHead: last.hash };
    yield { checked: last.sequence, total: ground.auditSequence };
    await nextTurn();
  }
  if (before.auditHead !== ground.auditHead) {
    return verdict(before.auditSequence, {
      sequence: before.auditSequence,
      detail: `The hash of event ${before.auditSequence}, the newest, is not the one on record.`,
    });
  }
  return verdict(before.auditSequence, null);
}

const replacedSchema = z.object({
  replaced: z.object({ sequence: z.number().int(), hash: z.string() }),
});

function restorationOf({ sequence, at, details }: ChainedEvent): Restoration {
  const told = replacedSchema.safeParse(JSON.parse(details));
  return { sequence, at: at.toISOString(), replaced: told.success ? told.data.replaced : null };
}

async function readSlice(installation: Installation, after: number, upTo: number): Promise<ChainedEvent[]> {
  const rows = await installation.database.read.auditEvent.findMany({
    where: { sequence: { gt: after, lte: upTo } },
    orderBy: { sequence: "asc" },
    take: SLICE,
  });
  return rows as ChainedEvent[]; // the outcome column is text; its four values are written by auditFacts only
}
