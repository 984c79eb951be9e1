import { checkCrl } from "#lib/authority/crl-source-check.ts";
import { storableTime } from "#lib/authority/crl-source-store.ts";
import { truncateToSecond } from "#lib/clock.ts";
import { policyViolation } from "#lib/errors.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** What the software that an authority comes from published last. */
export interface FormerCrl {
  /** RFC 5280 §5.2.3; ours go on above it. */
  number: bigint;
  /** By serial number, lower-case hex. */
  entries: ReadonlyMap<string, { reason: RevocationReason; revokedAt: Date; invalidAt: Date | null }>;
}

/** Numbers are kept in 64 bits, and count on. */
const NUMBER_MAX = 2n ** 62n;

const READ_AT_ONCE = 1_000;

/**
 * Reads the last CRL of an authority that is imported; it may have expired.
 *
 * @param octets DER or PEM
 * @param now whole seconds
 * @throws DomainError `malformed`, `tooLarge`, or `policyViolation` naming the rule, of the field `crl`
 */
export async function readFormerCrl(
  octets: Uint8Array,
  issuer: { name: string; parsed: ParsedCertificate },
  now: Date,
): Promise<FormerCrl> {
  const crl = readCrl(octets);
  await checkCrl(crl, issuer, now);
  const number = crl.number ?? 0n;
  if (number > NUMBER_MAX) {
    throw policyViolation(
      "crl",
      "crl.number",
      `The CRL has the number ${number}, above which none of ours can be. Leave it out; programs that have it may then prefer it to ours until it ends.`,
    );
  }
  const entries = new Map<string, { reason: RevocationReason; revokedAt: Date; invalidAt: Date | null }>();
  let count = 0;
  for (const { serial, reason, revokedAt, invalidAt, certificateIssuer } of crl.entries()) {
    if (++count % READ_AT_ONCE === 0) await letOthersRun();
    if (certificateIssuer !== null) continue;
    entries.set(serial, {
      reason,
      revokedAt: truncateToSecond(storableTime(revokedAt)),
      invalidAt: invalidAt === null ? null : truncateToSecond(storableTime(invalidAt)),
    });
  }
  return { number, entries };
}
