import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import { makeKeyHere } from "#lib/authority/key-made-here.ts";
import { profileRulesSchema } from "#lib/authority/profile-rules.ts";
import { renewalRefusal } from "#lib/authority/renewal-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { parseCertificateSigningRequest } from "#lib/x509/csr.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { formatIp, parseIp } from "#lib/x509/ip-address.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { commonName, formatName, type Name, relativeNamesEqual } from "#lib/x509/name.ts";
import { encodePkcs8 } from "#lib/x509/private-key.ts";

/**
 * Renewing is another permission than issuing: whoever may only renew must not get a certificate for
 * anybody else. So profile, subject and names always come from the stored certificate, never from the
 * caller; what a caller states of them is only compared.
 */

/** What a caller may decide about a renewal. */
export interface RenewalWishes {
  /** Slug or id of the profile that the caller takes for the certificate's; refused when it is another. */
  profile?: string | undefined;
  /** Seconds; absent for as long as the old certificate lived. */
  lifetimeSeconds?: number | undefined;
}

/** Whom a signing request or a form names. */
interface Identity {
  subject: Name;
  names: readonly GeneralName[];
}

/**
 * Renews for the same key: same names, same profile, a new serial number and validity. The key's
 * possession was proven when it was first certified.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex) of the old certificate
 * @throws DomainError `notFound`, `conflict` when it was renewed already or is on hold, `policyViolation` also
 *   when it is revoked
 */
export async function renewWithSameKey(
  installation: Installation,
  issuer: Issuer,
  actor: Actor,
  reference: string,
  wishes: RenewalWishes = {},
): Promise<IssuedCertificate> {
  authorize(actor, "certificate:renew");
  const { id, spki, ...old } = await renewable(installation, reference, wishes, undefined, true);
  return issuer.issue({ ...old, replacesId: id, key: { spki }, source: "system", actor });
}

/**
 * Renews with the key of a signing request, from which nothing else is taken.
 *
 * @param wishes `csr`: PEM or DER (RFC 2986); its subject and names are absent or those of the old certificate
 * @throws DomainError as `renewWithSameKey`, and `malformed` or `tooLarge` about the signing request
 */
export async function renewFromRequest(
  installation: Installation,
  issuer: Issuer,
  actor: Actor,
  reference: string,
  wishes: RenewalWishes & { csr: string | Uint8Array; source: "csr" | "browser" | "api" },
): Promise<IssuedCertificate> {
  authorize(actor, "certificate:renew");
  const { csr, source } = wishes;
  // Only read here; the issuer verifies the proof of possession.
  const stated = parseCertificateSigningRequest(csr);
  const { id, spki: _, ...old } = await renewable(installation, reference, wishes, stated);
  return issuer.issue({ ...old, replacesId: id, key: { csr }, source, actor });
}

/**
 * Renews with a key made here. The key is returned once and kept nowhere.
 *
 * @param wishes `subject` and `names`: empty, or those of the old certificate; `pkcs12Password`: what the
 *   caller will encrypt the key under, checked before anything is issued
 * @returns the certificate, and the private key as PKCS#8 DER
 */
export async function renewWithKeyMadeHere(
  installation: Installation,
  issuer: Issuer,
  actor: Actor,
  reference: string,
  wishes: RenewalWishes & Identity & { keyAlgorithm: KeyAlgorithm; pkcs12Password?: string | undefined },
): Promise<{ issued: IssuedCertificate; privateKey: Uint8Array }> {
  authorize(actor, "certificate:renew");
  const { privateKey, spki } = await makeKeyHere(wishes.keyAlgorithm, wishes.pkcs12Password);
  const { id, spki: _, ...old } = await renewable(installation, reference, wishes, wishes);
  const issued = await issuer.issue({ ...old, replacesId: id, key: { spki }, source: "server", actor });
  return { issued, privateKey: encodePkcs8(privateKey) };
}

/**
 * What a renewal takes over from the old certificate.
 *
 * @param stated whom the caller names, when it says so at all
 * @param isSameKey whether it is to be renewed for the key that it has
 * @throws DomainError `notFound`; `policyViolation` when there is nothing to renew, or the caller wants
 *   something else than what there was
 */
export async function renewable(
  installation: Installation,
  reference: string,
  wishes: RenewalWishes,
  stated: Identity = { subject: [], names: [] },
  isSameKey = false,
) {
  const row = await installation.database.read.certificate.findFirst({
    where: await isReferredTo(installation, reference),
    select: {
      ...{ id: true, kind: true, profileId: true, body: true, notAfter: true, createdAt: true },
      cohort: { select: { state: true } },
    },
  });
  if (row === null) throw new DomainError("notFound", "There is no such certificate to renew.");
  const refusal = renewalRefusal(row.cohort?.state, isSameKey);
  if (refusal !== null) throw refusal;
  const profile =
    row.kind === "end-entity" && row.profileId !== null
      ? await installation.database.read.certificateProfile.findUnique({ where: { id: row.profileId } })
      : null;
  if (profile === null) {
    throw policyViolation(
      "certificate",
      "renew.end-entity",
      "Only end-entity certificates of a profile are renewed.",
    );
  }
  if (wishes.profile !== undefined && wishes.profile !== profile.slug && wishes.profile !== profile.id) {
    throw policyViolation(
      "profile",
      "renew.profile",
      `A renewal keeps the profile ${profile.name}; issue a new certificate for another one.`,
    );
  }
  const { spki, subject, names } = parseCertificate(row.body);
  const old = {
    subject,
    names: names.filter((name): name is GeneralName => ["dns", "ip", "uri", "email"].includes(name.type)),
  };
  const { otherAttributes } = profileRulesSchema.parse(JSON.parse(profile.rules)).subject;
  refuseOthers(stated, old, otherAttributes);
  return {
    id: row.id,
    profile: profile.id,
    spki,
    ...old,
    lifetimeSeconds: wishes.lifetimeSeconds ?? lifetimeSeconds(row),
  };
}

/** Refuses whom the old certificate does not name: silently issuing for somebody else than asked would mislead. */
function refuseOthers(stated: Identity, old: Identity, otherAttributes: boolean): void {
  const known = new Set(old.names.map(comparable));
  const asked = new Set(stated.names.map(comparable));
  if (asked.size > 0 && (asked.size !== known.size || [...asked].some((name) => !known.has(name)))) {
    throw policyViolation(
      "names",
      "renew.names",
      `A renewal keeps the subject alternative names ${listed(old.names)}; issue a new certificate for others.`,
    );
  }
  // In any order: forms put the common name last.
  if (stated.subject.length === 0 || relativeNamesEqual(stated.subject.flat(), old.subject.flat())) return;
  // A profile that takes over the common name only dropped the rest the first time, too.
  if (!otherAttributes && commonName(stated.subject) === commonName(old.subject)) return;
  throw policyViolation(
    "names",
    "renew.names",
    `A renewal keeps the subject ${formatName(old.subject) || "(empty)"}; issue a new certificate for another one.`,
  );
}

function comparable({ type, value }: GeneralName): string {
  switch (type) {
    case "dns":
      return `dns:${value.toLowerCase()}`;
    case "ip":
      return `ip:${formatIp(parseIp(value) ?? new Uint8Array()) ?? value}`;
    default:
      return `${type}:${value}`;
  }
}

function listed(names: readonly GeneralName[]): string {
  const shown = names.slice(0, 10).map(({ type, value }) => `${type}:${value}`);
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  return shown.length === 0 ? "(none)" : shown.join(", ");
}

/** How long a certificate was made for, in seconds: from its making, not from its backdated notBefore. */
export function lifetimeSeconds({ createdAt, notAfter }: { createdAt: Date; notAfter: Date }): number {
  return Math.round((notAfter.getTime() - createdAt.getTime()) / 1000);
}
