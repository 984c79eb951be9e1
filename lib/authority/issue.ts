import { readCatalogue } from "#lib/authority/catalogue.ts";
import { checkRequest, type IssuancePlan } from "#lib/authority/issuance-check.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-group.ts";
import { readRequest } from "#lib/authority/issuance-order.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { openDriver } from "#lib/driver.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import type { Extension } from "#lib/x509/extension-reader.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
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
 * @param wishes `source`: "csr" when pasted, "browser" when made there, "api" over REST;
 *   `replacesId`: the certificate that this one renews, with a new key
 * @throws DomainError `malformed`, `tooLarge`, `policyViolation`, `expired`, `conflict`
 */
export function issueFromRequest(
  issuer: Issuer,
  actor: Actor,
  wishes: Wishes & {
    csr: string | Uint8Array;
    source: "csr" | "browser" | "api";
    replacesId?: string | undefined;
  },
): Promise<IssuedCertificate> {
  authorize(actor, wishes.replacesId === undefined ? "certificate:issue" : "certificate:renew");
  const { csr, ...rest } = wishes;
  return issuer.issue({ ...rest, key: { csr }, actor });
}

/**
 * Makes a key here and issues for it. The key is returned once and kept nowhere.
 *
 * @returns the certificate, and the private key as PKCS#8 DER
 */
export async function issueWithKeyMadeHere(
  issuer: Issuer,
  actor: Actor,
  wishes: Wishes & {
    keyAlgorithm: KeyAlgorithm;
    subject: Name;
    names: readonly GeneralName[];
    replacesId?: string | undefined;
  },
): Promise<{ issued: IssuedCertificate; privateKey: Uint8Array }> {
  authorize(actor, wishes.replacesId === undefined ? "certificate:issue" : "certificate:renew");
  const { keyAlgorithm, ...rest } = wishes;
  const { privateKey, spki } = await generateKeyPair(keyAlgorithm);
  const issued = await issuer.issue({ ...rest, key: { spki }, source: "server", actor });
  return { issued, privateKey: encodePkcs8(privateKey) };
}

/**
 * Renews for the same key: same names, same profile, a new serial number and validity. The key's
 * possession was proven when it was first certified.
 *
 * @param wantedSeconds absent for as long as the old certificate lived
 * @throws DomainError `notFound`, `conflict` when it was renewed already, `policyViolation`
 */
export async function renewWithSameKey(
  installation: Installation,
  issuer: Issuer,
  actor: Actor,
  certificateId: string,
  wantedSeconds?: number,
): Promise<IssuedCertificate> {
  authorize(actor, "certificate:renew");
  const old = await renewable(installation, certificateId);
  return issuer.issue({
    profile: old.profileId,
    key: { spki: old.spki },
    subject: old.subject,
    names: old.names,
    lifetimeSeconds: wantedSeconds ?? old.lifetimeSeconds,
    source: "system",
    actor,
    replacesId: certificateId,
  });
}

/** What a renewal takes over from the old certificate. @throws DomainError `notFound`, `policyViolation` */
export async function renewable(installation: Installation, certificateId: string) {
  const row = await installation.database.read.certificate.findUnique({
    where: { id: certificateId },
    select: { status: true, kind: true, profileId: true, body: true, notAfter: true, createdAt: true },
  });
  if (row === null || row.status !== "issued") {
    throw new DomainError("notFound", "There is no such certificate to renew.");
  }
  if (row.kind !== "end-entity" || row.profileId === null) {
    throw policyViolation(
      "certificate",
      "renew.end-entity",
      "Only end-entity certificates of a profile are renewed.",
    );
  }
  const certificate = parseCertificate(row.body);
  return {
    profileId: row.profileId,
    spki: certificate.spki,
    subject: certificate.subject,
    names: certificate.names.filter((name): name is GeneralName =>
      ["dns", "ip", "uri", "email"].includes(name.type),
    ),
    lifetimeSeconds: lifetimeSeconds(row),
  };
}

/** How long a certificate was made for, in seconds: from its making, not from its backdated notBefore. */
export function lifetimeSeconds({ createdAt, notAfter }: { createdAt: Date; notAfter: Date }): number {
  return Math.round((notAfter.getTime() - createdAt.getTime()) / 1000);
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
export async function previewRequest(
  installation: Installation,
  actor: Actor,
  wishes: Wishes & { csr: string | Uint8Array },
): Promise<Preview> {
  authorize(actor, "certificate:issue");
  const csr = readRequest(wishes.csr);
  const connection = await openDriver(installation.config.database);
  try {
    const catalogue = await readCatalogue(connection, installation.masterKey);
    const profile = catalogue.profiles.get(wishes.profile);
    if (profile === undefined) {
      throw policyViolation("profile", "profile.exists", "There is no certificate profile of this name.");
    }
    const request = {
      spki: csr.spki,
      subject: wishes.subject ?? csr.subject,
      names: wishes.names ?? csr.names,
      lifetimeSeconds: wishes.lifetimeSeconds,
    };
    return {
      asked: {
        subject: csr.subject,
        names: csr.names,
        key: csr.key.label,
        extensions: csr.requestedExtensions,
      },
      plan: checkRequest(request, profile, profile.authority, installation.clock.now()),
    };
  } finally {
    await connection.close();
  }
}
