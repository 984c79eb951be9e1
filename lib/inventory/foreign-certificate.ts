import type { Risk } from "#lib/inventory/certificate-risks.ts";
import type { NewName } from "#lib/inventory/foreign-names.ts";
import { displayNameOf, namesOf, shownText } from "#lib/inventory/foreign-names.ts";
import { foreignRisks } from "#lib/inventory/foreign-risks.ts";
import type { OwnAuthority } from "#lib/inventory/own-authorities.ts";
import {
  type ParsedCertificate,
  readForeignCertificate,
  verifyCertificateSignature,
} from "#lib/x509/certificate-reader.ts";
import { compareBytes } from "#lib/x509/der-writer.ts";
import { lintCertificate } from "#lib/x509/lint.ts";
import { formatName } from "#lib/x509/name.ts";

/** A certificate that somebody else made, with all that the inventory will say of it. */
export interface ForeignCertificate {
  der: Uint8Array;
  sha256: string;
  sha1: string;
  keySha256: string;
  /** As `serialNumber` of a TbsCertificate; cut to what an index holds. */
  serial: string;
  kind: "end-entity" | "authority";
  /** The authority of ours that signed it. */
  issuerId: string | null;
  displayName: string;
  subject: string;
  issuerName: string;
  /** Within what both databases hold: the years 1 to 9999. */
  notBefore: Date;
  notAfter: Date;
  keyAlgorithm: string;
  names: NewName[];
  risks: Risk[];
}

/** Lists show no more; the certificate itself has it whole. */
const SUBJECT_MAX = 2_000;

/** A serial number has 40 digits; what is longer breaks a rule, and an index of PostgreSQL. */
const SERIAL_MAX = 256;

const EARLIEST = new Date("0001-01-01T00:00:00Z");
const LATEST = new Date("9999-12-31T23:59:59Z");

/**
 * Reads a certificate for the inventory: parses it as far as it can be read, holds it against the lint, and
 * looks whether an authority of ours signed it. Some 0.1 ms, outside of any transaction.
 *
 * @param authorities from `ownAuthorities`
 * @throws DomainError malformed or tooLarge for what is no certificate
 */
export function readForeign(der: Uint8Array, authorities: readonly OwnAuthority[]): ForeignCertificate {
  const parsed = readForeignCertificate(der);
  const kind = kindOf(parsed);
  const [notBefore, notAfter] = [within(parsed.notBefore), within(parsed.notAfter)];
  return {
    der,
    sha256: parsed.sha256,
    sha1: parsed.sha1,
    keySha256: parsed.spkiSha256,
    serial: parsed.serialNumber.slice(0, SERIAL_MAX),
    kind,
    issuerId: issuerAmong(authorities, parsed),
    displayName: displayNameOf(parsed),
    subject: shownText(formatName(parsed.subject), SUBJECT_MAX),
    issuerName: shownText(formatName(parsed.issuer), SUBJECT_MAX),
    notBefore,
    notAfter,
    keyAlgorithm: keyAlgorithmOf(parsed),
    names: namesOf(parsed),
    risks: foreignRisks(parsed, lintCertificate(der), { kind, notBefore, notAfter }),
  };
}

/** Before version 3 nothing said what an authority is: those that signed themselves are taken for one. */
function kindOf(parsed: ParsedCertificate): ForeignCertificate["kind"] {
  if (parsed.isCa) return "authority";
  if (parsed.version >= 3 || compareBytes(parsed.issuerDer, parsed.subjectDer) !== 0) return "end-entity";
  const signedItself =
    parsed.signatureAlgorithm === null || verifyCertificateSignature(parsed.der, parsed.spki);
  return signedItself ? "authority" : "end-entity";
}

function issuerAmong(authorities: readonly OwnAuthority[], parsed: ParsedCertificate): string | null {
  const issuerName = formatName(parsed.issuer);
  const issuer = authorities.find(
    ({ subject, spki }) => subject === issuerName && verifyCertificateSignature(parsed.der, spki),
  );
  return issuer?.id ?? null;
}

/** Ids such as `ecdsa-p256` for the keys we make; for others their label in the same way of writing. */
function keyAlgorithmOf({ key }: ParsedCertificate): string {
  const label = key.label.toLowerCase().replace(" p-", " p").replaceAll(" ", "-").slice(0, 80);
  return key.algorithm ?? label;
}

/** PostgreSQL knows no year 0, and times with an offset may lie beyond 9999. */
function within(time: Date): Date {
  if (time < EARLIEST) return EARLIEST;
  return time > LATEST ? LATEST : time;
}
