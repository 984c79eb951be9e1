import { createHash } from "node:crypto";
import { appendAudit } from "#lib/audit/append.ts";
import { checkCrl, countEntries, isPresentCrl } from "#lib/authority/crl-source-check.ts";
import { crlIssuer } from "#lib/authority/crl-source-issuer.ts";
import { BEING_DELETED, isBeingDeleted, noSuchSource } from "#lib/authority/crl-source-read.ts";
import { removeCrl, removeLeftCrls, storeForeignCrl } from "#lib/authority/crl-source-store.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import type { ParsedCrl } from "#lib/x509/crl-reader.ts";

/** What became of a CRL that was uploaded or fetched. */
export interface TakenCrl {
  sourceId: string;
  /** It is the very one that was there. */
  unchanged: boolean;
  number: bigint | null;
  entries: number;
  thisUpdate: Date;
  nextUpdate: Date | null;
  /** What a person should know although it was accepted. */
  warnings: string[];
}

/**
 * Makes a CRL the current one of a source, after all checks.
 *
 * @param action how it came here
 * @param alongside what else is written in the transaction that makes it the current one, or finds it unchanged;
 *   false gives the whole up
 * @throws DomainError `policyViolation`, `conflict` for an old one, `malformed`
 */
export async function takeCrl(
  installation: Installation,
  actor: Actor,
  sourceId: string,
  crl: ParsedCrl,
  action: "crl.uploaded" | "crl.fetched",
  alongside: (transaction: Transaction) => Promise<boolean>,
): Promise<TakenCrl | null> {
  const { database, clock } = installation;
  const now = clock.now();
  const source = await database.read.crlSource.findUnique({
    where: { id: sourceId },
    include: { crl: true },
  });
  if (source === null || isBeingDeleted(source)) throw noSuchSource();
  const warnings = await checkCrl(crl, await crlIssuer(installation, source.certificateId), now);
  const sha256 = await sha256Of(crl.der);
  const { number, thisUpdate, nextUpdate } = crl;
  const told = { sourceId, number, thisUpdate, nextUpdate, warnings };
  if (isPresentCrl(crl, sha256, source.crl)) {
    const isTaken = await database.write((transaction) => noteTaken(transaction, sourceId, now, alongside));
    return isTaken ? { ...told, entries: source.crl?.entries ?? 0, unchanged: true } : null;
  }
  const entries = await countEntries(crl);
  const crlId = await storeForeignCrl(installation, sourceId, crl, { entries, sha256 });
  const makeCurrent = async (transaction: Transaction) => {
    const current = await transaction.crlSource.findUnique({
      where: { id: sourceId },
      include: { crl: true },
    });
    if (current === null) throw noSuchSource();
    // Another one may have come while this one was checked and written.
    if (isPresentCrl(crl, sha256, current.crl)) throw new DomainError("conflict", TAKEN_MEANWHILE);
    if (!(await noteTaken(transaction, sourceId, now, alongside))) return { isTaken: false, unused: crlId };
    await transaction.crlSource.update({ where: { id: sourceId }, data: { crlId } });
    await appendAudit(transaction, actor, now, {
      action,
      object: { kind: "crl-source", id: sourceId, name: current.name },
      details: {
        number: number?.toString() ?? null,
        entries,
        size: crl.der.length,
        sha256,
        thisUpdate: thisUpdate.toISOString(),
        nextUpdate: nextUpdate?.toISOString() ?? null,
        before: current.crl === null ? null : { number: current.crl.number?.toString() ?? null },
        warnings,
      },
    });
    return { isTaken: true, unused: current.crlId };
  };
  const { isTaken, unused } = await database.write(makeCurrent).catch(async (error: unknown) => {
    await removeCrl(installation, crlId);
    throw error;
  });
  if (unused !== null) await removeCrl(installation, unused);
  await removeLeftCrls(installation, sourceId);
  return isTaken ? { ...told, entries, unchanged: false } : null;
}

/** So much is hashed without a turn for others: some milliseconds. */
const HASHED_AT_ONCE = 1 << 20;

async function sha256Of(octets: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < octets.length; at += HASHED_AT_ONCE) {
    hash.update(octets.subarray(at, at + HASHED_AT_ONCE));
    await letOthersRun();
  }
  return hash.digest("hex");
}

const TAKEN_MEANWHILE = "The same CRL was taken over by somebody else at this moment.";

/** @returns false when it is not to be taken: the source is being deleted, or for a reason of the caller */
async function noteTaken(
  transaction: Transaction,
  id: string,
  now: Date,
  alongside: (transaction: Transaction) => Promise<boolean>,
): Promise<boolean> {
  if (!(await alongside(transaction))) return false;
  const { count } = await transaction.crlSource.updateMany({
    where: { id, failure: { not: BEING_DELETED } },
    data: { fetchedAt: now, failingSince: null, failure: "" },
  });
  return count === 1;
}
