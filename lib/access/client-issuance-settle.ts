import {
  CLIENT_ISSUANCES,
  type ClientIssuance,
  completeIssuance,
  issuanceOf,
} from "#lib/access/client-issuance.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { type ClaimedRun, claimRun, failRun, finishRun, openRuns } from "#lib/jobs/job-run.ts";
import { log } from "#lib/log.ts";

const LEASE_MS = 60_000;

/** Nobody issues any more what was to be issued so long ago. */
const GIVEN_UP_MS = 600_000;

/**
 * Finishes what a process that ended began: a certificate that was issued for a client becomes its credential, and
 * what was never issued is closed. Several instances may do so.
 */
export async function settleInterruptedIssuances(installation: Installation): Promise<void> {
  for (const { key, createdAt } of await openRuns(installation, CLIENT_ISSUANCES)) {
    const run = await claimRun(installation, key, newId(), LEASE_MS);
    if (run === null) continue;
    const isOld = installation.clock.now().getTime() - createdAt.getTime() > GIVEN_UP_MS;
    try {
      await settle(installation, systemActor("recovery"), run, issuanceOf(key), isOld, closeUnissued);
    } catch (error) {
      // One that cannot be settled holds up neither the others nor whatever else is looked after.
      log("access").error({ err: error, run: key }, "an interrupted issuance could not be settled");
      await failRun(installation, run, "it could not be settled; the log has the cause");
    }
  }
}

/**
 * The same at once, for whoever has just failed to issue.
 *
 * @param isNewClient the client was created for this: without a certificate nothing of it stays
 */
export async function settleIssuance(
  installation: Installation,
  actor: Actor,
  run: ClaimedRun,
  issuance: ClientIssuance,
  isNewClient: boolean,
): Promise<void> {
  await settle(installation, actor, run, issuance, true, isNewClient ? withdrawClient : async () => {});
}

type Closing = (transaction: Transaction, actor: Actor, now: Date, issuance: ClientIssuance) => Promise<void>;

/** @param isOver whether a certificate that is not there will not come any more */
async function settle(
  installation: Installation,
  actor: Actor,
  run: ClaimedRun,
  issuance: ClientIssuance,
  isOver: boolean,
  close: Closing,
): Promise<void> {
  const { database, clock } = installation;
  const now = clock.now();
  const isSettled = await database.write(async (transaction) => {
    const row = await transaction.certificate.findUnique({
      where: { id: issuance.id },
      select: { status: true, sha256: true, keySha256: true, source: true },
    });
    if (row?.status === "issued" && row.sha256 !== null) {
      const facts = { sha256: row.sha256, keySha256: row.keySha256 };
      await completeIssuance(transaction, actor, now, issuance, facts, row.source === "server");
    } else if (row?.status === "reserved" || (row === null && !isOver)) return false;
    else await close(transaction, actor, now, issuance);
    await finishRun(transaction, run, now);
    return true;
  });
  if (!isSettled) await failRun(installation, run, "the certificate is still being issued");
}

const closeUnissued: Closing = async (transaction, actor, now, { id, clientId }) => {
  const client = await transaction.client.findUnique({ where: { id: clientId }, select: { name: true } });
  if (client === null) return;
  await appendAudit(transaction, actor, now, {
    action: "credential.not-issued",
    object: { kind: "client", id: clientId, name: client.name },
    details: { credential: id, reason: "the process ended before the certificate was issued" },
  });
};

/** It was never told to anybody, and proves itself by nothing; unless somebody found it in that moment. */
const withdrawClient: Closing = async (transaction, actor, now, { clientId }) => {
  if ((await transaction.credential.count({ where: { clientId } })) > 0) return;
  const { name } = await transaction.client.findUniqueOrThrow({
    where: { id: clientId },
    select: { name: true },
  });
  await transaction.grant.deleteMany({ where: { clientId } });
  await transaction.client.delete({ where: { id: clientId } });
  await appendAudit(transaction, actor, now, {
    action: "client.withdrawn",
    object: { kind: "client", id: clientId, name },
    details: { reason: "its certificate was refused" },
  });
};
