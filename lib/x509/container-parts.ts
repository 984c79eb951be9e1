import { DomainError } from "../errors.ts";
import { type CertificatePart, CRL, joined, KEY, unreadable } from "./certificate-part.ts";
import { decodeKeyStore } from "./jks-reader.ts";
import { decodePkcs7 } from "./pkcs7-reader.ts";
import { decodePkcs12Certificates } from "./pkcs12-reader.ts";

const NOTHING = new Uint8Array();

/**
 * The certificates of a PKCS#7 file.
 *
 * @param document what `octets` were taken out of
 */
export function* pkcs7Parts(
  octets: Uint8Array,
  document: Uint8Array,
  place: string,
): Generator<CertificatePart, void, undefined> {
  try {
    const { certificates, crls, otherCertificates, incomplete } = decodePkcs7(octets);
    for (const [index, der] of certificates.entries()) {
      yield { kind: "certificate", place: joined(place, `certificate ${index + 1}`), der, document };
    }
    if (crls > 0) yield { kind: "note", place, reason: CRL };
    if (otherCertificates > 0) {
      yield { kind: "note", place, reason: "certificates of another kind than X.509" };
    }
    if (incomplete !== null) yield unreadable(place, incomplete, octets, document);
    else if (certificates.length === 0) {
      yield { kind: "note", place, reason: "a PKCS#7 file without certificates" };
    }
  } catch (error) {
    yield unreadable(place, error, octets, document);
  }
}

/** The certificates of a PKCS#12 file, with or without keys. */
export async function* pkcs12Parts(
  octets: Uint8Array,
  place: string,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  try {
    const content = await decodePkcs12Certificates(octets, password ?? "", "PKCS#12 file");
    for (const [index, { der, friendlyName }] of content.certificates.entries()) {
      const name = friendlyName === null ? `certificate ${index + 1}` : `entry "${friendlyName}"`;
      yield { kind: "certificate", place: joined(place, name), der, document: der };
    }
    if (content.keys > 0) yield { kind: "note", place, reason: keys(content.keys) };
    if (content.others > 0) {
      yield { kind: "note", place, reason: "entries that are neither certificates nor keys" };
    }
  } catch (error) {
    // The file may hold a key, so none of it is kept.
    const needsPassword = password === null && isAboutPassword(error);
    yield unreadable(place, needsPassword ? NEEDS_PASSWORD : error, NOTHING);
  }
}

const NEEDS_PASSWORD = new DomainError(
  "malformed",
  "The PKCS#12 file is protected by a password; import it again and give it.",
);

function isAboutPassword(error: unknown): boolean {
  return error instanceof DomainError && error.violations[0]?.field === "password";
}

/** The certificates of a key store of Java. */
export function* keyStoreParts(
  octets: Uint8Array,
  password: string | null,
): Generator<CertificatePart, void, undefined> {
  try {
    const content = decodeKeyStore(octets, password);
    for (const { alias, der } of content.certificates) {
      yield { kind: "certificate", place: `entry "${alias}"`, der, document: der };
    }
    if (content.keys > 0) yield { kind: "note", place: "", reason: keys(content.keys) };
    if (content.integrity === "unchecked") yield { kind: "note", place: "", reason: UNCHECKED };
    if (content.incomplete !== null) {
      yield unreadable("", content.incomplete, NOTHING);
    }
  } catch (error) {
    yield unreadable("", error, NOTHING);
  }
}

const UNCHECKED = "the digest of the key store was not checked, because no password was given";

function keys(count: number): string {
  return count === 1 ? KEY : `${count} private keys, which are never kept`;
}
