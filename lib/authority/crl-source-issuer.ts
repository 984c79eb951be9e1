import { adoptIssuerAbove } from "#lib/authority/issuer-above.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { cohortIssuerName } from "#lib/inventory/cohort.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { candidateSubject } from "#lib/inventory/issuer-candidate.ts";
import { isReference } from "#lib/reference.ts";
import { queryRows } from "#lib/sql-steps.ts";
import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { type ParsedCrl, verifyCrlOnPool } from "#lib/x509/crl-reader.ts";
import { formatName, type Name, namesEqual } from "#lib/x509/name.ts";

/** A foreign authority whose CRLs can be checked: its certificate is in the inventory. */
export interface CrlIssuer {
  certificateId: string;
  name: string;
  /** As certificates that it issued have it in the inventory. */
  issuerName: string;
  parsed: ParsedCertificate;
}

/** The most certificates of one name that are looked at. */
const SAME_NAME_MAX = 32;

/** A name as the inventory has it in `Certificate.subject` and `Certificate.issuerName`. */
export function inventoryName(name: Name): string {
  return shownText(formatName(name), 2_000);
}

/**
 * The certificate of a foreign authority.
 *
 * @param reference id of a certificate; or the SHA-256 fingerprint of one above an authority of ours, which is then
 *   taken into the inventory
 * @throws DomainError `notFound`; `policyViolation` for one that is no authority, or is one of ours
 */
export async function crlIssuer(installation: Installation, reference: string): Promise<CrlIssuer> {
  const row = isReference(reference) ? await rowOf(installation, reference) : null;
  if (row === null) throw new DomainError("notFound", "There is no such certificate.");
  if (row.authorities.length > 0) {
    throw refused("crl.own", `The CRL of ${row.displayName} is published by this installation itself.`);
  }
  const issuer = issuerOf(row);
  if (issuer === null || row.kind !== "authority") {
    throw refused("crl.issuer", `${row.displayName} is no authority, so it signs no CRL.`);
  }
  return issuer;
}

async function rowOf(installation: Installation, reference: string) {
  const find = (where: { id: string } | { sha256: string }) =>
    installation.database.read.certificate.findFirst({ where: { ...where, ...ISSUED }, select: SELECT });
  if (!/^[0-9a-f]{64}$/.test(reference)) return find({ id: reference });
  const known = await find({ sha256: reference });
  if (known !== null) return known;
  const id = await adoptIssuerAbove(installation, async ({ sha256 }) => sha256 === reference);
  return id === null ? null : find({ id });
}

/**
 * Which foreign authority of the inventory signed a CRL: by name, then by key identifier where both have one, then by
 * the signature. The newest certificate of the key, as authorities renew theirs.
 *
 * @throws DomainError `notFound` naming the issuer; `policyViolation` when it is one of ours
 */
export async function findCrlIssuer(installation: Installation, crl: ParsedCrl): Promise<CrlIssuer> {
  const { database } = installation;
  const issuerName = inventoryName(crl.issuer);
  const rows = await database.read.issuerCandidate.findMany({
    where: { subject: candidateSubject(shownText(formatName(crl.issuer), Infinity)), certificate: ISSUED },
    select: { certificate: { select: SELECT } },
    orderBy: { certificateId: "desc" },
    take: SAME_NAME_MAX,
  });
  const signers: { issuer: CrlIssuer; isOurs: boolean }[] = [];
  for (const { certificate } of rows) {
    const issuer = issuerOf(certificate);
    if (issuer === null || !mayHaveSigned(issuer.parsed, crl)) continue;
    if (!(await verifyCrlOnPool(crl, issuer.parsed.spki))) continue;
    signers.push({ issuer, isOurs: certificate.authorities.length > 0 });
  }
  if (signers.some(({ isOurs }) => isOurs)) {
    throw refused("crl.own", `The CRL of ${issuerName} is published by this installation itself.`);
  }
  const [newest] = signers.sort((left, right) => endOf(right.issuer) - endOf(left.issuer));
  if (newest !== undefined) return newest.issuer;
  const above = await adoptIssuerAbove(
    installation,
    async (certificate) => mayHaveSigned(certificate, crl) && verifyCrlOnPool(crl, certificate.spki),
  );
  if (above !== null) return crlIssuer(installation, above);
  const detail =
    rows.length === 0
      ? `The CRL is one of ${issuerName}, whose certificate is not in the inventory: import it first.`
      : `The CRL is one of ${issuerName}, but no key of this name that is known here has signed it: import the certificate of the right one first.`;
  throw new DomainError("notFound", detail, {
    violations: [{ field: "crl", rule: "crl.issuer", detail }],
  });
}

/** By the name, and by the key identifiers where both have one. */
function mayHaveSigned({ subject, subjectKeyIdentifier }: ParsedCertificate, crl: ParsedCrl): boolean {
  if (!namesEqual(subject, crl.issuer)) return false;
  const named = crl.authorityKeyIdentifier;
  return named === null || subjectKeyIdentifier === null || named === subjectKeyIdentifier;
}

const endOf = ({ parsed }: CrlIssuer) => parsed.notAfter.getTime();

const SELECT = {
  id: true,
  kind: true,
  displayName: true,
  body: true,
  authorities: { select: { id: true } },
} as const;

function issuerOf(row: { id: string; displayName: string; body: Uint8Array }): CrlIssuer | null {
  try {
    const parsed = readForeignCertificate(row.body);
    const issuerName = inventoryName(parsed.subject);
    return { certificateId: row.id, name: row.displayName, issuerName, parsed };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

function refused(rule: string, detail: string): DomainError {
  return new DomainError("policyViolation", detail, {
    violations: [{ field: "certificateId", rule, detail }],
  });
}

/** A foreign authority to choose from. */
export interface CrlIssuerChoice {
  certificateId: string;
  name: string;
  issuerName: string;
  notAfter: Date;
  /** Certificates in the inventory that name it as their issuer. */
  issued: number;
}

/** More are not offered: whoever imports a whole trust store chooses by uploading a CRL. */
const CHOICES_MAX = 500;

/** The foreign authorities of the inventory that have no CRL source yet, those that issued most first. */
export async function crlIssuerChoices({ database }: Installation, actor: Actor): Promise<CrlIssuerChoice[]> {
  authorize(actor, "authority:read");
  const [rows, counts] = await Promise.all([
    database.read.certificate.findMany({
      where: {
        ...ISSUED,
        kind: "authority",
        issuerId: null,
        authorities: { none: {} },
        candidate: { isNot: null },
      },
      select: { id: true, displayName: true, subject: true, notAfter: true },
      orderBy: { id: "desc" },
      take: CHOICES_MAX,
    }),
    queryRows(
      database,
      `SELECT "issuerName", SUM("count") AS "count" FROM "CertificateCohort" WHERE "issuerId" IS NULL GROUP BY "issuerName"`,
    ),
  ]);
  const taken = await database.read.crlSource.findMany({ select: { certificateId: true } });
  const sources = new Set(taken.map(({ certificateId }) => certificateId));
  const issued = new Map(counts.map(({ issuerName, count }) => [String(issuerName), Number(count)]));
  return rows
    .filter(({ id }) => !sources.has(id))
    .map(({ id, displayName, subject, notAfter }) => ({
      certificateId: id,
      name: displayName,
      issuerName: subject,
      notAfter,
      issued: issued.get(cohortIssuerName(subject)) ?? 0,
    }))
    .sort((left, right) => right.issued - left.issued || (left.name < right.name ? -1 : 1));
}

/** Certificates of each cohort that are looked at for addresses. */
const LOOKED_AT = 5;

/**
 * Where certificates of the inventory say that the CRL of their issuer is (RFC 5280 §4.2.1.13), the newest first.
 *
 * @param issuerName from a choice or a source
 */
export async function distributionPointsSeen(
  { database }: Installation,
  actor: Actor,
  issuerName: string,
): Promise<string[]> {
  authorize(actor, "authority:read");
  const cohorts = await database.read.certificateCohort.findMany({
    where: { issuerId: null, issuerName: cohortIssuerName(issuerName) },
    select: { id: true },
    orderBy: { id: "desc" },
    take: LOOKED_AT,
  });
  const urls = new Set<string>();
  for (const { id } of cohorts) {
    const rows = await database.read.certificate.findMany({
      where: { cohortId: id },
      select: { body: true },
      orderBy: { notAfter: "desc" },
      take: LOOKED_AT,
    });
    for (const { body } of rows) {
      for (const url of readForeignCertificate(body).crlDistributionPoints) {
        if (/^https?:\/\//i.test(url)) urls.add(url);
      }
    }
  }
  return [...urls];
}
