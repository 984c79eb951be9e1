import { z } from "zod";
import { resumeClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/** Clients that are changed with one click. */
export const BULK_CLIENTS_MAX = 500;

const bulkSchema = z.strictObject({
  change: z.enum(["suspend", "resume", "retire"], { error: "is suspend, resume or retire" }),
  clientIds: z
    .array(z.string())
    .min(1, { error: "are none" })
    .max(BULK_CLIENTS_MAX, { error: `are more than ${BULK_CLIENTS_MAX}` })
    .transform((ids) => [...new Set(ids)]),
  /** With `retire`. */
  revokes: z.boolean().default(false),
});

export type BulkStatusInput = z.input<typeof bulkSchema>;

/** What became of each client. */
export interface BulkStatusOutcome {
  changed: string[];
  /** Those that stay as they are, and why. */
  refused: { clientId: string; reason: string }[];
}

const CHANGES = {
  suspend: suspendClient,
  resume: resumeClient,
  retire: retireClient,
} as const;

/**
 * Suspends, resumes or retires several clients, each by itself: one that cannot be changed holds up no other.
 *
 * @throws DomainError `malformed`, `forbidden`
 */
export async function changeStatuses(
  installation: Installation,
  actor: Actor,
  input: BulkStatusInput,
): Promise<BulkStatusOutcome> {
  authorize(actor, "client:manage");
  const { change, clientIds, revokes } = parsed(bulkSchema, input);
  if (revokes) authorize(actor, "certificate:revoke");
  const outcome: BulkStatusOutcome = { changed: [], refused: [] };
  for (const clientId of clientIds) {
    try {
      await CHANGES[change](installation, actor, clientId, { revokes });
      outcome.changed.push(clientId);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      outcome.refused.push({ clientId, reason: error.message });
    }
  }
  return outcome;
}
