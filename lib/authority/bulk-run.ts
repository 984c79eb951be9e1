import { z } from "zod";
import { CHOSEN_REASONS } from "#lib/authority/revocation-input.ts";
import type { Permission } from "#lib/authorization/permissions.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/**
 * Work on many certificates, done piece by piece by whoever asks for the next piece (`advanceRun`). A run keeps
 * no process of its own: when nobody asks, it rests, and anybody who may do such work can continue it.
 */

/** What runs do, and what is needed to start, continue or cancel one. */
export const BULK_PERMISSIONS = {
  issue: "certificate:issue",
  renew: "certificate:renew",
  annotate: "certificate:annotate",
  revoke: "certificate:revoke",
  hold: "certificate:hold",
  release: "certificate:hold",
} as const satisfies Record<string, Permission>;

export type BulkKind = keyof typeof BULK_PERMISSIONS;

/** preparing: its items are still being collected, and nothing is worked on. */
export type RunStatus = "preparing" | "running" | "finished" | "cancelled";

export const ITEM_STATUSES = ["waiting", "working", "done", "failed", "skipped"] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

/** The most items of one run. */
export const BULK_MAX = 100_000;

export const keyAlgorithmSchema = z.enum(Object.keys(KEY_ALGORITHMS) as [KeyAlgorithm, ...KeyAlgorithm[]]);

/** Where the collecting of "all that match this filter" stands. */
const collectSchema = z.strictObject({
  /** Query string of the list. */
  query: z.string(),
  after: z.string().nullable(),
});

const selected = {
  collect: collectSchema.optional(),
  /** More matched than a run may hold; the rest was left out. */
  truncated: z.boolean().optional(),
};

/** What applies to every item of a run, as it is stored. */
const parametersSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("issue"),
    keyAlgorithm: keyAlgorithmSchema,
    /** Rows of the file that were not taken. */
    leftOut: z.number(),
    /** What became of the private keys made here; see bulk-keys.ts. */
    keys: z.strictObject({
      /** Since when they wait to be fetched, when that is not since the end of the run: it was tried again. */
      waitingSince: z.iso.datetime().optional(),
      firstHandedOutAt: z.iso.datetime().optional(),
      destroyedAt: z.iso.datetime().optional(),
      /**
       * confirmed: the person has them; expired: nobody fetched or confirmed them in time; restored: they came
       * back with a backup (lib/server/restore-bulk-keys.ts).
       */
      because: z.enum(["confirmed", "expired", "restored"]).optional(),
    }),
  }),
  z.strictObject({ kind: z.literal("renew"), ...selected }),
  z.strictObject({
    kind: z.literal("annotate"),
    ...selected,
    change: z.strictObject({
      owner: z.string().optional(),
      addTags: z.array(z.string()).optional(),
      removeTags: z.array(z.string()).optional(),
    }),
    /** The run that this one undoes; then each item says what it restores. */
    undoes: z.string().optional(),
    /** The run that undoes this one. */
    undoneBy: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal("revoke"),
    ...selected,
    reason: z.enum(CHOSEN_REASONS),
    comment: z.string(),
    invalidAt: z.iso.datetime().optional(),
  }),
  z.strictObject({ kind: z.literal("hold"), ...selected, comment: z.string() }),
  z.strictObject({ kind: z.literal("release"), ...selected, comment: z.string() }),
]);

export type RunParameters = z.infer<typeof parametersSchema>;

/** A run with its parameters read. */
export interface Run {
  id: string;
  kind: BulkKind;
  parameters: RunParameters;
  total: number;
  /** Items that need no further work: done and skipped. */
  done: number;
  failed: number;
  status: RunStatus;
  actorKind: string;
  actorId: string;
  requestedBy: string;
  createdAt: Date;
  finishedAt: Date | null;
}

/** Parameters as they are stored. */
export function storedParameters(parameters: RunParameters): string {
  return JSON.stringify(parametersSchema.parse(parameters));
}

/** A row as a run. */
export function runOf(row: {
  id: string;
  kind: string;
  parameters: string;
  total: number;
  done: number;
  failed: number;
  status: string;
  actorKind: string;
  actorId: string;
  requestedBy: string;
  createdAt: Date;
  finishedAt: Date | null;
}): Run {
  return {
    ...row,
    kind: row.kind as BulkKind, // written by this room only
    status: row.status as RunStatus,
    parameters: parametersSchema.parse(JSON.parse(row.parameters)),
  };
}

/**
 * One run.
 *
 * @param reader outside or inside a transaction
 * @throws DomainError `notFound`
 */
export async function readRun(
  reader: Installation["database"]["read"] | Transaction,
  id: string,
): Promise<Run> {
  const row = /^[0-9a-z]{26}$/.test(id) ? await reader.bulkRun.findUnique({ where: { id } }) : null;
  if (row === null) throw new DomainError("notFound", "There is no such run.");
  return runOf(row);
}

/** As what the audit trail knows a run. */
export function runObject(run: { id: string; kind: string }) {
  return { kind: "bulk-run", id: run.id, name: `bulk ${run.kind}` };
}
