import { z } from "zod";
import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { sqlSteps } from "#lib/sql-steps.ts";

/** What is special about one item of a run, by the kind of the run; stored as JSON. */

const generalName = z.strictObject({ type: z.enum(["dns", "ip", "uri", "email"]), value: z.string() });

/** A row of a file to issue for, checked when the run was started and again when it is issued. */
export const issueItemSchema = z.strictObject({
  /** Line of the file. */
  line: z.number(),
  profile: z.string(),
  /** Absent: what the signing request says. */
  commonName: z.string().optional(),
  names: z.array(generalName).optional(),
  lifetimeSeconds: z.number().optional(),
  owner: z.string(),
  tags: z.array(z.string()),
  /** PEM; absent when the key is made here. */
  csr: z.string().optional(),
});
export type IssueItem = z.infer<typeof issueItemSchema>;

const ownershipSchema = z.strictObject({ owner: z.string(), tags: z.array(z.string()) });
export type Ownership = z.infer<typeof ownershipSchema>;

/** A certificate to renew or to annotate. */
export const certificateItemSchema = z.strictObject({
  certificate: z.string(),
  /** For undoing: what the run that is undone found, and what it made of it. */
  undo: z.strictObject({ before: ownershipSchema, after: ownershipSchema }).optional(),
});
export type CertificateItem = z.infer<typeof certificateItemSchema>;

/** An item that is to be added to a run. */
export interface NewItem {
  label: string;
  input: IssueItem | CertificateItem;
}

/** Items in one transaction, which others wait for. */
export const ITEMS_PER_WRITE = 500;

/** Items in one statement. */
const ITEMS_PER_STATEMENT = 100;

/** The longest label; certificates of others may have names of any length. */
const LABEL_MAX = 300;

/**
 * Adds items behind those that a run has.
 *
 * @param first position of the first of them
 * @param items at most ITEMS_PER_WRITE
 */
export async function addItems(
  { database }: Pick<Installation, "database">,
  transaction: Transaction,
  runId: string,
  first: number,
  items: readonly NewItem[],
): Promise<void> {
  const steps = sqlSteps(database, transaction);
  for (let start = 0; start < items.length; start += ITEMS_PER_STATEMENT) {
    const part = items.slice(start, start + ITEMS_PER_STATEMENT);
    await steps.run(
      `INSERT INTO "BulkItem" ("id", "runId", "position", "label", "input", "status", "message")
       VALUES ${part.map(() => "(?, ?, ?, ?, ?, 'waiting', '')").join(", ")}`,
      part.flatMap(({ label, input }, offset) => [
        newId(),
        runId,
        first + start + offset,
        label.slice(0, LABEL_MAX),
        JSON.stringify(input),
      ]),
    );
  }
}
