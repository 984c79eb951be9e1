import { ANNOTATE_PIECE, annotatePiece } from "#lib/authority/bulk-annotate-work.ts";
import { claimItems, type ItemResult, recordResults } from "#lib/authority/bulk-claim.ts";
import { collectItems } from "#lib/authority/bulk-collect.ts";
import { issuePiece, issuePieceSize } from "#lib/authority/bulk-issue-work.ts";
import { RENEW_PIECE, renewPiece } from "#lib/authority/bulk-renew-work.ts";
import { REVOKE_PIECE, revokePiece } from "#lib/authority/bulk-revoke-work.ts";
import { BULK_PERMISSIONS, type Run, type RunStatus, readRun } from "#lib/authority/bulk-run.ts";
import { actorOfRun, type BulkContext, type PieceWork } from "#lib/authority/bulk-work.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";

/** How far a run is. */
export interface RunProgress {
  id: string;
  status: RunStatus;
  total: number;
  done: number;
  failed: number;
  /** Whether this call did anything; when not, what is left is in the hands of another process. */
  worked: boolean;
}

/**
 * Does the next pieces of a run.
 *
 * @param milliseconds no further piece is begun after this time
 * @throws DomainError `notFound`, `forbidden`; `unavailable` when nothing can be issued at this moment
 */
export async function advanceRun(
  context: BulkContext,
  runId: string,
  milliseconds = 0,
): Promise<RunProgress> {
  authorize(context.actor, "certificate:read");
  const until = performance.now() + milliseconds;
  let run = await readRun(context.installation.database.read, runId);
  authorize(context.actor, BULK_PERMISSIONS[run.kind]);
  const acting = { ...context, actor: actorOfRun(context.actor, runId) };
  let worked = false;
  do {
    const next = await advanceOnce(acting, run);
    if (next === null) break;
    run = next;
    worked = true;
  } while (performance.now() < until && (run.status === "running" || run.status === "preparing"));
  const { id, status, total, done, failed } = run;
  return { id, status, total, done, failed, worked };
}

async function advanceOnce(context: BulkContext, run: Run): Promise<Run | null> {
  if (run.status === "preparing") return collectItems(context, run);
  if (run.status !== "running") return null;
  const { installation } = context;
  const { size, work, certificateIds } = workOf(run);
  const { lease, items } = await claimItems(installation, run.id, size, certificateIds);
  if (items.length === 0) return null;
  const results = await work(context, { run, lease, items });
  const recorded = await recordResults(installation, run.id, lease, results);
  if (nothingPossible(results)) {
    throw new DomainError("unavailable", "Nothing can be issued at this moment; continue a little later.");
  }
  return recorded;
}

function workOf({ parameters }: Run): { size: number; work: PieceWork; certificateIds: boolean } {
  switch (parameters.kind) {
    case "issue":
      return { size: issuePieceSize(parameters.keyAlgorithm), work: issuePiece, certificateIds: true };
    case "renew":
      return { size: RENEW_PIECE, work: renewPiece, certificateIds: true };
    case "revoke":
    case "hold":
    case "release":
      return { size: REVOKE_PIECE, work: revokePiece, certificateIds: false };
    case "annotate":
      return { size: ANNOTATE_PIECE, work: annotatePiece, certificateIds: false };
  }
}

function nothingPossible(results: readonly ItemResult[]): boolean {
  return results.length > 0 && results.every((result) => result.status === "waiting");
}
