import { auditFacts } from "#lib/audit/append.ts";
import type { Catalogue } from "#lib/authority/catalogue.ts";
import { buildToBeSigned } from "#lib/authority/issuance-build.ts";
import { checkRequest } from "#lib/authority/issuance-check.ts";
import type { IssuedCertificate, QueuedJob } from "#lib/authority/issuance-job.ts";
import { reservationRows } from "#lib/authority/issuance-record.ts";
import type { Signer } from "#lib/authority/signer.ts";
import type { Row } from "#lib/driver.ts";
import { policyViolation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Membership } from "#lib/inventory/enter-inventory.ts";
import { pooledRandom } from "#lib/random-pool.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";

/** Built and linted, not yet in the database. */
export interface Prepared {
  queued: QueuedJob;
  certificate: Row;
  /** Its place in the inventory, from the moment it is reserved. */
  membership: Membership | null;
  names: Row[];
  toBeSigned: Uint8Array;
  signer: Signer;
  issued: Omit<IssuedCertificate, "certificate">;
  profileSlug: string;
}

/**
 * Checks a job against its profile and authority as they stand now, and builds what is to be signed.
 *
 * @param replaces the certificate that it renews
 * @param now whole seconds
 * @throws DomainError when the request is not allowed
 */
export function prepare(
  queued: QueuedJob,
  catalogue: Catalogue,
  replaces: { id: string; lineageId: string } | null,
  now: Date,
): Prepared {
  const { job } = queued;
  const profile = catalogue.profiles.get(job.profile);
  if (profile === undefined) {
    throw policyViolation("profile", "profile.exists", "There is no certificate profile of this name.");
  }
  const { authority } = profile;
  const plan = checkRequest(job.request, profile, authority, now);
  const serial = newSerialNumber(pooledRandom);
  const toBeSigned = buildToBeSigned(plan, authority, serial);
  const id = job.certificateId ?? newId();
  return {
    queued,
    toBeSigned,
    membership: null,
    signer: authority.signer,
    profileSlug: profile.slug,
    ...reservationRows({
      id,
      serial,
      plan,
      profile,
      authority,
      toBeSigned,
      source: job.source,
      replaces,
      requestedBy: job.actor.name,
      now,
    }),
    issued: {
      id,
      serial,
      chain: authority.chain,
      notBefore: plan.notBefore,
      notAfter: plan.notAfter,
      profile: profile.slug,
      authority: authority.slug,
      adjustments: plan.adjustments,
    },
  };
}

/** The audit event of a certificate that was issued. @param sha256 its fingerprint */
export function issuedFacts(item: Prepared & { sha256: string }, at: Date) {
  const { job } = item.queued;
  return auditFacts(job.actor, at, {
    action: job.replacesId === undefined ? "certificate.issued" : "certificate.renewed",
    object: { kind: "certificate", id: item.issued.id, name: String(item.certificate.displayName) },
    details: {
      serial: item.issued.serial,
      sha256: item.sha256,
      profile: item.profileSlug,
      authority: item.issued.authority,
      names: item.names.map((name) => `${name.type}:${name.value}`),
      notAfter: item.issued.notAfter.toISOString(),
      source: job.source,
      ...(job.replacesId === undefined ? {} : { replaces: job.replacesId }),
    },
  });
}
