import { z } from "zod";
import { previewSelection, type SelectionPreview } from "#lib/authority/bulk-preview.ts";
import { type RevocationObstacle, revocationObstacles } from "#lib/authority/bulk-revocation-obstacles.ts";
import { changeOf } from "#lib/authority/bulk-revoke-work.ts";
import { BULK_PERMISSIONS } from "#lib/authority/bulk-run.ts";
import { type Selection, startOn } from "#lib/authority/bulk-start.ts";
import { holdSchema, revocationSchema } from "#lib/authority/revocation-input.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { truncateToSecond } from "#lib/clock.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/** What is to become of many certificates. */
export const bulkRevocationSchema = z.discriminatedUnion("kind", [
  revocationSchema.extend({ kind: z.literal("revoke") }),
  holdSchema.extend({ kind: z.literal("hold") }),
  holdSchema.extend({ kind: z.literal("release") }),
]);

export type BulkRevocation = z.input<typeof bulkRevocationSchema>;

/** What revoking, holding or releasing many would do. */
export type RevocationPreview = SelectionPreview<RevocationObstacle>;

/**
 * Starts revoking, holding or releasing certificates, except those of authorities. Nothing is changed before
 * `advanceRun`.
 *
 * @returns the id of the run
 * @throws DomainError `malformed` about the selection or the change, `tooLarge`, `forbidden`
 */
export function startRevocation(
  installation: Installation,
  actor: Actor,
  selection: Selection,
  change: BulkRevocation,
): Promise<string> {
  authorize(actor, BULK_PERMISSIONS[change.kind]);
  return startOn(installation, actor, selection, parametersOf(installation, change));
}

/**
 * Which of the selected certificates such a run would pass over, and why.
 *
 * @param milliseconds no further part of the selection is looked at after this time
 * @throws DomainError `malformed` about the selection or the change, `forbidden`
 */
export function previewRevocation(
  installation: Installation,
  actor: Actor,
  selection: Selection,
  change: BulkRevocation,
  milliseconds?: number,
): Promise<RevocationPreview> {
  authorize(actor, BULK_PERMISSIONS[change.kind]);
  const wanted = changeOf(parametersOf(installation, change));
  const look = (ids: readonly string[]) => revocationObstacles(installation, wanted, ids);
  return previewSelection(installation, actor, selection, look, milliseconds);
}

function parametersOf({ clock }: Installation, change: BulkRevocation) {
  const wanted = parsed(bulkRevocationSchema, change);
  if (wanted.kind !== "revoke") return wanted;
  const { invalidAt, ...rest } = wanted;
  if (invalidAt == null) return rest;
  if (invalidAt > clock.now()) {
    throw malformed("invalidAt", "revocation.invalidAt", "The time of the compromise lies in the future.");
  }
  return { ...rest, invalidAt: truncateToSecond(invalidAt).toISOString() };
}
