import type { ClaimedItem, ItemResult } from "#lib/authority/bulk-claim.ts";
import type { Run } from "#lib/authority/bulk-run.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** What the work on a piece of a run needs. */
export interface BulkContext {
  installation: Installation;
  issuer: Issuer;
  /** Its request id is the run's id, so that the audit trail ties together what the run did. */
  actor: Actor;
}

/** A piece of a run: items that were claimed under one lease. */
export interface Piece {
  run: Run;
  lease: string;
  items: readonly ClaimedItem[];
}

/** Why an item was not begun, or not finished, although it had been claimed. */
export const CANCELLED = "The run was cancelled before it was done.";

/** Works on claimed items. What is left out of the answer is taken up again when the lease is over. */
export type PieceWork = (context: BulkContext, piece: Piece) => Promise<ItemResult[]>;

/** The actor of what a run does. */
export function actorOfRun(actor: Actor, runId: string): Actor {
  return { ...actor, requestId: runId };
}

/** Of these ids, those that are certificates already: an earlier process issued them and told nobody. */
export async function issuedAmong(
  { database }: Installation,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.read.certificate.findMany({
    where: { id: { in: [...ids] }, status: "issued" },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** An issuer that gives the certificate this id, so that it is issued once however often it is tried. */
export function issuerUnder(issuer: Issuer, certificateId: string): Issuer {
  return {
    issue: (order) => issuer.issue({ ...order, certificateId }),
    close: () => issuer.close(),
  };
}

/**
 * What a failed issuance means for its item.
 *
 * @param certificateId the id under which it was tried
 * @param skips codes of refusals that are no failure, but nothing to do
 * @returns null when another process is at it at this moment: then the item is looked at again later
 */
export async function resultOfFailure(
  installation: Installation,
  item: { id: string },
  certificateId: string,
  error: unknown,
  skips: readonly DomainError["code"][] = [],
): Promise<ItemResult | null> {
  const { id } = item;
  const row = await installation.database.read.certificate.findUnique({
    where: { id: certificateId },
    select: { status: true },
  });
  if (row?.status === "issued") return { id, status: "done", message: "" };
  if (error instanceof DomainError) {
    if (error.code === "unavailable") return { id, status: "waiting", message: "" };
    return { id, status: skips.includes(error.code) ? "skipped" : "failed", message: error.message };
  }
  if (row?.status === "reserved") return null;
  log("authority").error({ err: error, item: id }, "an item of a bulk run failed unexpectedly");
  return {
    id,
    status: "failed",
    message: "Something went wrong on our side; the log has the cause. Try again.",
  };
}
