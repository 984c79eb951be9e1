import { malformed } from "../errors.ts";
import type { DerCursor } from "./der-cursor.ts";
import type { DerValue } from "./der-reader.ts";
import { readDer } from "./der-reader.ts";
import { decodeTime } from "./der-time.ts";
import { TAG } from "./der-writer.ts";
import { readExtension } from "./extension-reader.ts";
import { OID } from "./oids.ts";
import { type RevocationReason, reasonOfCode } from "./revocation-reason.ts";
import { SERIAL_OCTETS_MAX, serialText } from "./serial-text.ts";
import { tooLarge } from "./too-large.ts";

/** One revoked certificate. */
export interface CrlEntry {
  /** As certificates have it, see `serialText`. */
  serial: string;
  revokedAt: Date;
  /** `unspecified` also when there is none, or one that the standard does not know. */
  reason: RevocationReason;
  /** From when on the certificate is distrusted, when that is told. */
  invalidAt: Date | null;
  /** DER of the name of the certificate's issuer in an indirect CRL (RFC 5280 §5.3.3); null: the CRL's issuer. */
  certificateIssuer: Uint8Array | null;
}

const ENTRIES_MAX = 2_000_000;

/** Octets of an entry: 20 of serial number, a date, and a few extensions; the name of an issuer may be long. */
const ENTRY_MAX = 8192;

/** removeFromCRL, the one code that says that a certificate is revoked no longer (RFC 5280 §5.3.1). */
const REMOVED = 8;

/** What an entry's extensions tell. */
interface EntryFacts {
  reasonCode: number;
  invalidAt: Date | null;
  certificateIssuer: Uint8Array | null;
}

/**
 * The entries of revokedCertificates (RFC 5280 §5.1.2.6), one by one. Those that say that a certificate is revoked no
 * longer, which only delta CRLs have, are left out.
 *
 * @param list stands before the first entry
 * @param field the input field that errors name
 * @throws DomainError malformed, also for a critical extension that is unknown here (§5.3); tooLarge
 */
export function* readCrlEntries(list: DerCursor, field: string): Generator<CrlEntry, void, undefined> {
  let count = 0;
  // In an indirect CRL the issuer of an entry is that of the one before, unless it says otherwise (§5.3.3).
  let certificateIssuer: Uint8Array | null = null;
  while (list.advance()) {
    if (++count > ENTRIES_MAX) {
      throw tooLarge(field, "crl.entries", `The ${field} has more than ${ENTRIES_MAX} entries.`);
    }
    const { reasonCode, ...entry } = readEntry(list, field);
    certificateIssuer = entry.certificateIssuer ?? certificateIssuer;
    if (reasonCode === REMOVED) continue;
    yield { ...entry, certificateIssuer, reason: reasonOfCode(reasonCode) ?? "unspecified" };
  }
}

function readEntry(list: DerCursor, field: string): Omit<CrlEntry, "reason"> & EntryFacts {
  if (list.tag !== TAG.sequence || list.end - list.start > ENTRY_MAX) {
    throw malformed(field, "rfc5280.5.1.2.6", "The CRL has an entry that is none, or one absurdly long.");
  }
  const entry = list.inside();
  const serial = serialOf(entry.next("serial number", TAG.integer).content, field);
  const revokedAt = decodeTime(entry.next("revocation date").tag, entry.content);
  if (revokedAt === null) {
    throw malformed(
      field,
      "rfc5280.4.1.2.5",
      "A revocation date is not YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ in UTC.",
    );
  }
  const facts = entry.advance() ? factsOf(entry) : NO_FACTS;
  entry.finish("entry");
  return { serial, revokedAt, ...facts };
}

/** Minimal, as OpenSSL refuses a whole CRL for one superfluous octet. */
function serialOf(content: Uint8Array, field: string): string {
  const [first, second] = content;
  if (first === undefined || content.length > SERIAL_OCTETS_MAX) {
    throw malformed(field, "rfc5280.4.1.2.2", "A serial number in the CRL is empty or absurdly long.");
  }
  if (second !== undefined && first === (second < 0x80 ? 0 : 0xff)) {
    throw malformed(field, "x690.8.3.2", "A serial number in the CRL has a superfluous leading octet.");
  }
  return serialText(content);
}

const NO_FACTS: EntryFacts = { reasonCode: 0, invalidAt: null, certificateIssuer: null };

/** What all but the last octet are when there is a reason and nothing else: nearly always. */
const REASON_ONLY = Uint8Array.of(0x30, 12, 0x30, 10, 0x06, 3, 0x55, 0x1d, 0x15, 0x04, 3, 0x0a, 1);

/** @param entry stands on the extensions */
function factsOf(entry: DerCursor): EntryFacts {
  const { bytes, start, end } = entry;
  if (end - start === REASON_ONLY.length + 1) {
    let at = 0;
    while (at < REASON_ONLY.length && bytes[start + at] === REASON_ONLY[at]) at++;
    const code = bytes[end - 1] as number;
    if (at === REASON_ONLY.length && code < 0x80) return { ...NO_FACTS, reasonCode: code };
  }
  return readFacts(entry.tree());
}

function readFacts(list: DerValue): EntryFacts {
  const facts = { ...NO_FACTS };
  const seen = new Set<string>();
  for (const member of list.expect(TAG.sequence, "entry extensions").children) {
    const { oid, critical, der } = readExtension(member);
    if (seen.has(oid)) {
      throw member.error("entry", `has the extension ${oid} twice`, "rfc5280.4.2.duplicate");
    }
    seen.add(oid);
    const value = () => readDer(der, member.field);
    if (oid === OID.crlReason) facts.reasonCode = value().smallInteger("reason", TAG.enumerated);
    else if (oid === OID.invalidityDate) facts.invalidAt = value().time("invalidity date");
    else if (oid === OID.certificateIssuer) facts.certificateIssuer = directoryNameIn(value());
    else if (critical) {
      throw member.error("entry", `has the critical extension ${oid}, which is unknown here`, "rfc5280.5.3");
    }
  }
  return facts;
}

/** The name among GeneralNames: certificateIssuer has the issuer field's (RFC 5280 §5.3.3). */
function directoryNameIn(names: DerValue): Uint8Array {
  for (const name of names.expect(TAG.sequence, "certificate issuer").children) {
    if (name.tag === 0xa4 && name.children[0] !== undefined) return name.children[0].der;
  }
  throw names.error("certificate issuer", "has no directory name", "rfc5280.5.3.3");
}
