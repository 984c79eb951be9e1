import { readCatalogue, readerOf } from "#lib/authority/catalogue.ts";
import { compromisedKeys } from "#lib/authority/compromised-keys.ts";
import { type CertificateRequest, checkRequest, type IssuancePlan } from "#lib/authority/issuance-check.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { readRequest } from "#lib/authority/issuance-order.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import { makeKeyHere } from "#lib/authority/key-made-here.ts";
import { type RenewalWishes, renewable } from "#lib/authority/renew.ts";
import { compromisedKey } from "#lib/authority/renewal-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { ColumnValue } from "#lib/driver.ts";
import { policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { queryRows } from "#lib/sql-steps.ts";
import type { Extension } from "#lib/x509/extension-reader.ts";
import { spkiSha256 } from "#lib/x509/fingerprint.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { Name } from "#lib/x509/name.ts";
import { encodePkcs8 } from "#lib/x509/private-key.ts";

/** What every way of issuing shares. */
interface Wishes {
  /** Id or slug of a profile. */
  profile: string;
  /** Instead of what the signing request says. */
  subject?: Name | undefined;
  names?: readonly GeneralName[] | undefined;
  /** Seconds; the profile's usual lifetime when absent. */
  lifetimeSeconds?: number | undefined;
}

/**
 * Issues from a certificate signing request, in PEM or DER (RFC 2986).
 *
 * @param wishes `source`: "csr" when pasted, "browser" when made there, "api" over REST
 * @throws DomainError `malformed`, `tooLarge`, `policyViolation`, `expired`, `conflict`
 */
export function issueFromRequest(
  issuer: Issuer,
  actor: Actor,
  wishes: Wishes & { csr: string | Uint8Array; source: "csr" | "browser" | "api" },
): Promise<IssuedCertificate> {
  authorize(actor, "certificate:issue");
  const { profile, subject, names, lifetimeSeconds, csr, source } = wishes;
  return issuer.issue({ profile, subject, names, lifetimeSeconds, source, key: { csr }, actor });
}

/**
 * Makes a key here and issues for it. The key is returned once and kept nowhere.
 *
 * @param wishes `pkcs12Password`: what the caller will encrypt the key under, checked before anything is issued
 * @returns the certificate, and the private key as PKCS#8 DER
 */
export async function issueWithKeyMadeHere(
  issuer: Issuer,
  actor: Actor,
  wishes: Wishes & {
    keyAlgorithm: KeyAlgorithm;
    subject: Name;
    names: readonly GeneralName[];
    pkcs12Password?: string | undefined;
  },
): Promise<{ issued: IssuedCertificate; privateKey: Uint8Array }> {
  authorize(actor, "certificate:issue");
  const { profile, subject, names, lifetimeSeconds } = wishes;
  const { privateKey, spki } = await makeKeyHere(wishes.keyAlgorithm, wishes.pkcs12Password);
  const order = { profile, subject, names, lifetimeSeconds, source: "server" as const, actor };
  const issued = await issuer.issue({ ...order, key: { spki } });
  return { issued, privateKey: encodePkcs8(privateKey) };
}

/** What a signing request asks and what would be issued, or why nothing would. */
export interface Preview {
  asked: {
    subject: Name;
    names: readonly GeneralName[];
    key: string;
    /** Every extension asked for; what is issued comes from the profile. */
    extensions: readonly Extension[];
  };
  plan: IssuancePlan;
}

/**
 * Checks a signing request as issuing would, and issues nothing.
 *
 * @throws DomainError exactly as `issueFromRequest` would
 */
export function previewRequest(
  installation: Installation,
  actor: Actor,
  wishes: Wishes & { csr: string | Uint8Array },
): Promise<Preview> {
  authorize(actor, "certificate:issue");
  return preview(installation, wishes);
}

/**
 * Checks a signing request as renewing would, and issues nothing.
 *
 * @throws DomainError exactly as `renewFromRequest` would
 */
export async function previewRenewal(
  installation: Installation,
  actor: Actor,
  reference: string,
  wishes: RenewalWishes & { csr: string | Uint8Array },
): Promise<Preview> {
  authorize(actor, "certificate:renew");
  const stated = readRequest(wishes.csr);
  const { profile, subject, names, lifetimeSeconds } = await renewable(
    installation,
    reference,
    wishes,
    stated,
  );
  return preview(installation, { csr: wishes.csr, profile, subject, names, lifetimeSeconds });
}

async function preview(
  installation: Installation,
  wishes: Wishes & { csr: string | Uint8Array },
): Promise<Preview> {
  const csr = readRequest(wishes.csr);
  const plan = await checkIssuance(installation, wishes.profile, {
    spki: csr.spki,
    subject: wishes.subject ?? csr.subject,
    names: wishes.names ?? csr.names,
    lifetimeSeconds: wishes.lifetimeSeconds,
  });
  return {
    asked: {
      subject: csr.subject,
      names: csr.names,
      key: csr.key.label,
      extensions: csr.requestedExtensions,
    },
    plan,
  };
}

/**
 * The check of an issuance before anything of it is written, for whoever has authorized it: what it lets through is
 * refused by issuing only when profile, authority or key changed meanwhile.
 *
 * @param profileName id or slug
 * @throws DomainError as issuing would
 */
export async function checkIssuance(
  installation: Installation,
  profileName: string,
  request: CertificateRequest,
): Promise<IssuancePlan> {
  const catalogue = await readCatalogue(readerOf(installation.database), installation.masterKey);
  const profile = catalogue.profiles.get(profileName);
  if (profile === undefined) {
    throw policyViolation("profile", "profile.exists", "There is no certificate profile of this name.");
  }
  const key = spkiSha256(request.spki);
  const steps = {
    all: (sql: string, parameters?: readonly ColumnValue[]) =>
      queryRows(installation.database, sql, parameters),
  };
  if ((await compromisedKeys(steps, [key])).has(key)) throw compromisedKey();
  return checkRequest(request, profile, profile.authority, installation.clock.now());
}
