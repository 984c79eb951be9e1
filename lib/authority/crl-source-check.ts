import type { CrlIssuer } from "#lib/authority/crl-source-issuer.ts";
import { addSeconds } from "#lib/clock.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { type ParsedCrl, verifyCrlOnPool } from "#lib/x509/crl-reader.ts";
import { namesEqual } from "#lib/x509/name.ts";

/** What a CRL is compared with: the one that is there. */
export interface PresentCrl {
  number: bigint | null;
  thisUpdate: Date;
  sha256: string;
}

/** Clocks of issuers may be ahead by so much. */
const SKEW_SECONDS = 300;

/** Entries that are read without a turn for others. */
const READ_AT_ONCE = 1_000;

/**
 * Checks a foreign CRL before it is believed (RFC 5280 §6.3.3): complete, of this issuer, signed by its key.
 *
 * @param now whole seconds
 * @returns what a person should know although it is accepted
 * @throws DomainError `policyViolation` naming the rule
 */
export async function checkCrl(
  crl: ParsedCrl,
  { parsed, name }: Pick<CrlIssuer, "parsed" | "name">,
  now: Date,
): Promise<string[]> {
  const refuse = (rule: string, detail: string) => policyViolation("crl", rule, detail);
  if (crl.isDelta) {
    throw refuse(
      "crl.delta",
      "This is a delta CRL, which only says what changed (RFC 5280 §5.2.4): give the complete one.",
    );
  }
  if (crl.isPartial) throw refuse("crl.partial", partialDetail(crl));
  if (!namesEqual(crl.issuer, parsed.subject)) {
    throw refuse("rfc5280.6.3.3.b", `The CRL is not one of ${name}: its issuer has another name.`);
  }
  if (parsed.keyUsage !== null && !parsed.keyUsage.includes("cRLSign")) {
    throw refuse(
      "rfc5280.6.3.3.f",
      `The certificate of ${name} does not allow its key to sign CRLs: relying parties refuse this one.`,
    );
  }
  if (!(await verifyCrlOnPool(crl, parsed.spki))) {
    throw refuse("rfc5280.6.3.3.g", `The CRL was not signed by the key of ${name}, or was altered since.`);
  }
  if (crl.thisUpdate > addSeconds(now, SKEW_SECONDS)) {
    throw refuse("rfc5280.5.1.2.4", `The CRL is valid only from ${spoken(crl.thisUpdate)} on.`);
  }
  const warnings: string[] = [];
  if (crl.nextUpdate === null) {
    warnings.push("The CRL does not say when the next one comes, so nobody can tell whether it is stale.");
  } else if (crl.nextUpdate <= now) {
    warnings.push(
      `The CRL expired at ${spoken(crl.nextUpdate)}: relying parties that load it refuse everybody below ${name}. Replace it by the present one.`,
    );
  }
  if (parsed.notAfter <= now) warnings.push(`The certificate of ${name} itself has expired.`);
  return warnings;
}

function partialDetail({ scope }: ParsedCrl): string {
  const what = scope?.isIndirect
    ? "lists certificates of several issuers"
    : scope?.onlySomeReasons
      ? "lists only what was revoked for some reasons"
      : scope?.only === "user"
        ? "lists end-entity certificates only"
        : scope?.only === "authority"
          ? "lists certificates of authorities only"
          : scope?.only === "attribute"
            ? "lists attribute certificates only"
            : "lists only certificates that name its distribution point";
  return `This CRL has an issuing distribution point (RFC 5280 §5.2.5) and ${what}: what is not on it may be revoked all the same. Give the issuer's complete CRL.`;
}

/**
 * A CRL never takes the place of a newer one.
 *
 * @returns whether it is the very same
 * @throws DomainError `conflict`
 */
export function isPresentCrl(crl: ParsedCrl, sha256: string, present: PresentCrl | null): boolean {
  if (present === null) return false;
  if (present.sha256 === sha256) return true;
  const isLower = crl.number !== null && present.number !== null && crl.number < present.number;
  if (isLower) {
    throw new DomainError(
      "conflict",
      `The CRL has the number ${crl.number}, which is lower than that of the present one, ${present.number}: it is an old one.`,
    );
  }
  if (crl.thisUpdate < present.thisUpdate) {
    throw new DomainError(
      "conflict",
      `The CRL is of ${spoken(crl.thisUpdate)}, before the present one of ${spoken(present.thisUpdate)}: it is an old one.`,
    );
  }
  return false;
}

/**
 * Reads every entry once, so that no CRL is taken over whose end is malformed.
 *
 * @returns how many certificates it lists
 * @throws DomainError `malformed`, `tooLarge`
 */
export async function countEntries(crl: ParsedCrl): Promise<number> {
  let count = 0;
  for (const _ of crl.entries()) if (++count % READ_AT_ONCE === 0) await letOthersRun();
  return count;
}

const spoken = (time: Date) => `${time.toISOString().slice(0, 19)}Z`;
