import { annotateIssued } from "#lib/authority/bulk-annotate-issued.ts";
import type { ClaimedItem, ItemResult } from "#lib/authority/bulk-claim.ts";
import { type IssueItem, issueItemSchema } from "#lib/authority/bulk-items.ts";
import { openItemKey, sealItemKey } from "#lib/authority/bulk-keys.ts";
import { readRun } from "#lib/authority/bulk-run.ts";
import {
  type BulkContext,
  CANCELLED,
  issuedAmong,
  type Piece,
  resultOfFailure,
} from "#lib/authority/bulk-work.ts";
import type { Database, Transaction } from "#lib/database.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import { generateKeyPair, publicKeyOf } from "#lib/x509/key.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { Name } from "#lib/x509/name.ts";
import { OID } from "#lib/x509/oids.ts";

/** An item with its input read. */
interface Order {
  item: ClaimedItem;
  input: IssueItem;
  certificateId: string;
}

/** How many are issued at once: keys of RSA take up to seconds each, and a lease lasts a minute. */
export function issuePieceSize(algorithm: KeyAlgorithm): number {
  return { "rsa-2048": 16, "rsa-3072": 8, "rsa-4096": 4 }[algorithm as string] ?? 48;
}

/**
 * Issues for the rows of a file. The key is sealed in its item before the certificate is issued, and the
 * certificate gets the id that the item was given when it was claimed: whatever is done twice after a crash has
 * the same key and the same id, and takes place once.
 */
export async function issuePiece(context: BulkContext, piece: Piece): Promise<ItemResult[]> {
  const orders = piece.items.map(
    (item): Order => ({
      item,
      input: issueItemSchema.parse(JSON.parse(item.input)),
      certificateId: item.certificateId ?? item.id,
    }),
  );
  const issued = new Set(
    await issuedAmong(
      context.installation,
      orders.map((order) => order.certificateId),
    ),
  );
  const open = orders.filter((order) => !issued.has(order.certificateId));
  const { mine, dropped } = await withKeys(context, piece, open);
  const failures = await Promise.all(
    mine.map(async (order) => {
      try {
        await issueOne(context, order);
        issued.add(order.certificateId);
        return null;
      } catch (error) {
        const result = await resultOfFailure(context.installation, order.item, order.certificateId, error);
        if (result?.status === "done") issued.add(order.certificateId);
        return result?.status === "done" ? null : result;
      }
    }),
  );
  const done = orders.filter((order) => issued.has(order.certificateId));
  await annotateIssued(context, done);
  return [
    ...dropped.map(({ item }): ItemResult => ({ id: item.id, status: "skipped", message: CANCELLED })),
    ...failures.flatMap((failure) => failure ?? []),
    ...done.map(({ item }): ItemResult => ({ id: item.id, status: "done", message: "" })),
  ];
}

async function issueOne(
  { installation, issuer, actor }: BulkContext,
  { item, input, certificateId }: Order,
): Promise<void> {
  const { profile, names, lifetimeSeconds, csr } = input;
  const subject: Name | undefined =
    input.commonName === undefined ? undefined : [[{ type: OID.commonName, value: input.commonName }]];
  const key =
    csr === undefined
      ? { spki: publicKeyOf(openItemKey(installation.masterKey, item.id, item.sealed ?? new Uint8Array())) }
      : { csr };
  const source = csr === undefined ? ("server" as const) : ("csr" as const);
  await issuer.issue({ profile, subject, names, lifetimeSeconds, key, source, actor, certificateId });
}

/**
 * Makes and stores the keys that are missing.
 *
 * @returns the orders that are still in our hands, and those that are not to be begun as the run was cancelled:
 *   its keys may have been handed over meanwhile, and nobody would fetch another one
 */
async function withKeys(
  { installation: { database, masterKey } }: BulkContext,
  { run, lease }: Piece,
  orders: readonly Order[],
): Promise<{ mine: Order[]; dropped: Order[] }> {
  const isMissing = ({ item, input }: Order) => input.csr === undefined && item.sealed === null;
  const missing = orders.filter(isMissing);
  if (missing.length === 0 || run.parameters.kind !== "issue") return { mine: [...orders], dropped: [] };
  const { keyAlgorithm } = run.parameters;
  const made = await Promise.all(
    missing.map(async ({ item }) => {
      const { privateKey } = await generateKeyPair(keyAlgorithm);
      return { item, sealed: sealItemKey(masterKey, item.id, privateKey) };
    }),
  );
  const { kept, isCancelled } = await database.write(async (transaction) => {
    if ((await readRun(transaction, run.id)).status !== "running") return { kept: [], isCancelled: true };
    const ours = await transaction.bulkItem.findMany({
      where: { id: { in: made.map(({ item }) => item.id) }, status: "working", message: lease },
      select: { id: true },
    });
    const ids = new Set(ours.map(({ id }) => id));
    const stored = made.filter(({ item }) => ids.has(item.id));
    if (stored.length > 0) await storeKeys(database, transaction, stored);
    return { kept: stored, isCancelled: false };
  });
  for (const { item, sealed } of kept) item.sealed = sealed;
  // Whoever took an item over meanwhile gave it a key of their own.
  return {
    mine: orders.filter((order) => !isMissing(order)),
    dropped: isCancelled ? missing : [],
  };
}

async function storeKeys(
  database: Database,
  transaction: Transaction,
  keys: readonly { item: ClaimedItem; sealed: Uint8Array }[],
): Promise<void> {
  // Without a word of its own, PostgreSQL takes a parameter in a list of values for text.
  const bytes = database.target.provider === "sqlite" ? "?" : "CAST(? AS bytea)";
  await sqlSteps(database, transaction).run(
    `UPDATE "BulkItem" SET "sealed" = made.column2
     FROM (VALUES ${keys.map(() => `(?, ${bytes})`).join(", ")}) AS made WHERE "BulkItem"."id" = made.column1`,
    keys.flatMap(({ item, sealed }) => [item.id, sealed]),
  );
}
