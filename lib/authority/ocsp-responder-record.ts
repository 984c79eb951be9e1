import { appendAudit } from "#lib/audit/append.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { sortNameOf } from "#lib/inventory/cohort.ts";
import { joinInventory, leaveInventory, settleInventory } from "#lib/inventory/enter-inventory.ts";
import { type ClaimedRun, finishRun } from "#lib/jobs/job-run.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";
import { sha1Fingerprint, sha256Fingerprint, spkiSha256 } from "#lib/x509/fingerprint.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { commonName, formatName } from "#lib/x509/name.ts";

const ACTOR = systemActor("ocsp");

/** An authority whose responder is to be made. */
export interface AuthorityInNeed {
  id: string;
  slug: string;
  name: string;
  responder: { certificateId: string; notAfter: Date; renewAt: Date } | null;
}

/** A responder's certificate with its key, not recorded yet. */
export interface CertifiedResponder {
  der: Uint8Array<ArrayBuffer>;
  certificate: ParsedCertificate;
  sealedKey: Uint8Array<ArrayBuffer>;
  keyAlgorithm: KeyAlgorithm;
  issuerName: ParsedCertificate["issuer"];
  /** When the next one is made. */
  renewAt: Date;
  now: Date;
}

/**
 * Writes a responder's certificate into the inventory, as the renewal of the one before, and makes it the one that
 * signs: in one transaction, and only as long as the run is ours.
 *
 * @returns false when another instance was faster
 */
export async function recordResponder(
  installation: Installation,
  authority: AuthorityInNeed,
  certified: CertifiedResponder,
  run: ClaimedRun,
): Promise<boolean> {
  const { certificate, der, now } = certified;
  const id = newId();
  return installation.database.write(async (transaction) => {
    if (!(await finishRun(transaction, run, now))) return false;
    const steps = sqlSteps(installation.database, transaction);
    const before = await previousOne(transaction, authority);
    const facts = {
      kind: "end-entity" as const,
      issuerId: authority.id,
      issuerName: formatName(certified.issuerName),
      profileId: null,
      keyAlgorithm: certified.keyAlgorithm,
      source: "system",
    };
    const row = {
      id,
      lineageId: before?.lineageId ?? id,
      replacesId: before?.id ?? null,
      keySha256: spkiSha256(certificate.spki),
    };
    const memberships = await joinInventory(steps, [{ ...row, ...facts, risks: [] }]);
    const displayName = commonName(certificate.subject) ?? formatName(certificate.subject);
    const sha256 = sha256Fingerprint(der);
    await transaction.certificate.create({
      data: {
        ...row,
        ...facts,
        cohortId: memberships[0]?.cohortId ?? null,
        sortName: sortNameOf(displayName),
        serial: certificate.serialNumber,
        status: "issued",
        displayName,
        subject: formatName(certificate.subject),
        notBefore: certificate.notBefore,
        notAfter: certificate.notAfter,
        sha256,
        sha1: sha1Fingerprint(der),
        body: der,
        requestedBy: ACTOR.name,
        createdAt: now,
      },
    });
    await settleInventory(steps, memberships);
    await forgetOldOnes(transaction, steps, row.lineageId, now);
    const responder = {
      sealedKey: certified.sealedKey,
      certificateId: id,
      notAfter: certificate.notAfter,
      renewAt: certified.renewAt,
    };
    await transaction.ocspResponder.upsert({
      where: { authorityId: authority.id },
      create: { authorityId: authority.id, ...responder },
      update: responder,
    });
    // By this counter those who answer notice that there is another signer.
    await transaction.ground.update({ where: { id: 1 }, data: { revocations: { increment: 1 } } });
    await appendAudit(transaction, ACTOR, now, {
      action: "ocsp-responder.renewed",
      object: { kind: "certificate", id, name: displayName },
      details: {
        authority: authority.slug,
        serial: certificate.serialNumber,
        sha256,
        notAfter: certificate.notAfter.toISOString(),
      },
    });
    return true;
  });
}

/** The certificate that is renewed; one that a restore or a person removed is none. */
async function previousOne(transaction: Transaction, { responder }: AuthorityInNeed) {
  if (responder === null) return null;
  return transaction.certificate.findUnique({
    where: { id: responder.certificateId },
    select: { id: true, lineageId: true },
  });
}

/** How long a responder's certificate stays in the inventory after its end. */
const KEPT_SECONDS = 30 * 86_400;

/** At most so many are removed with each renewal; it adds one. */
const REMOVED_MAX = 10;

/**
 * Two new certificates a week for every authority would in years be most of an inventory, and nobody looks for
 * them: what an answer was signed with stands in the answer itself. Their audit events stay, with serial number and
 * fingerprint; so do those that somebody revoked.
 */
async function forgetOldOnes(
  transaction: Transaction,
  steps: ReturnType<typeof sqlSteps>,
  lineageId: string,
  now: Date,
): Promise<void> {
  const old = await transaction.certificate.findMany({
    where: { lineageId, notAfter: { lt: addSeconds(now, -KEPT_SECONDS) }, revocation: null },
    orderBy: { createdAt: "asc" },
    select: { id: true },
    take: REMOVED_MAX,
  });
  if (old.length === 0) return;
  const ids = old.map(({ id }) => id);
  await leaveInventory(steps, ids);
  await transaction.certificate.updateMany({
    where: { replacesId: { in: ids } },
    data: { replacesId: null },
  });
  await transaction.certificateName.deleteMany({ where: { certificateId: { in: ids } } });
  await transaction.certificate.deleteMany({ where: { id: { in: ids } } });
}
