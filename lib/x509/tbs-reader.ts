import type { DerValue } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { type Extension, readExtensions } from "./extension-reader.ts";
import { type Name, readName } from "./name.ts";
import { inspectKeyValue, type PublicKeyInspection } from "./public-key.ts";
import { serialText } from "./serial-text.ts";
import { algorithmOid, readSignatureAlgorithm, type SignatureAlgorithm } from "./signature-algorithm.ts";

/** The fields of a TBSCertificate as they stand, judged by nobody yet (RFC 5280 §4.1.2). */
export interface TbsCertificate {
  /** 1, 2 or 3; others as they are written plus one. */
  version: number;
  /**
   * Lower-case hexadecimal of the magnitude in whole octets; a leading `-` when negative, `00` when zero. A
   * superfluous zero octet at the beginning is left out once, as a sign would be; more of them stay.
   */
  serialNumber: string;
  /** Octets of the INTEGER, sign included: RFC 5280 allows 20. */
  serialOctets: number;
  signatureAlgorithmDer: Uint8Array;
  signatureAlgorithmOid: string;
  /** Null when we do not know it. */
  signatureAlgorithm: SignatureAlgorithm | null;
  issuer: Name;
  issuerDer: Uint8Array;
  notBefore: Date;
  notAfter: Date;
  /** The forms the two times are written in. */
  timeForms: readonly ["utc" | "generalized", "utc" | "generalized"];
  subject: Name;
  subjectDer: Uint8Array;
  /** DER of the SubjectPublicKeyInfo. */
  spki: Uint8Array;
  key: PublicKeyInspection;
  hasUniqueIdentifiers: boolean;
  extensions: Extension[];
  /** Whether the extensions field is there though empty (RFC 5280 §4.1.2.9 forbids it). */
  hasEmptyExtensions: boolean;
}

/**
 * Reads a TBSCertificate. Names, times, key and the outer form of extensions must be right, unless the
 * reading is tolerant; the inside of an extension may be wrong.
 *
 * @throws DomainError malformed
 */
export function readTbsCertificate(value: DerValue): TbsCertificate {
  const fields = value.fields("certificate body");
  const version = fields.optional(0xa0)?.children[0]?.smallInteger("version") ?? 0;
  const serial = fields.next("serial number").integer("serial number");
  const algorithm = fields.next("signature algorithm");
  const issuer = fields.next("issuer");
  const validity = fields.next("validity").fields("validity");
  const notBefore = validity.next("notBefore");
  const notAfter = validity.next("notAfter");
  validity.end();
  const subject = fields.next("subject");
  const spki = fields.next("public key");
  const issuerUniqueId = fields.optional(0x81);
  const subjectUniqueId = fields.optional(0x82);
  const extensionsField = fields.optional(0xa3);
  fields.end();
  const extensionList =
    extensionsField?.children[0]?.expect(TAG.sequence, "list of extensions").children ?? [];
  return {
    version: version + 1,
    serialNumber: serialText(serial),
    serialOctets: serial.length,
    signatureAlgorithmDer: algorithm.der,
    signatureAlgorithmOid: algorithmOid(algorithm, "signature algorithm"),
    signatureAlgorithm: signatureAlgorithmOf(algorithm),
    issuer: readName(issuer, "issuer"),
    issuerDer: issuer.der,
    notBefore: notBefore.time("notBefore"),
    notAfter: notAfter.time("notAfter"),
    timeForms: [formOf(notBefore), formOf(notAfter)],
    subject: readName(subject, "subject"),
    subjectDer: subject.der,
    spki: spki.der,
    key: keyOf(spki),
    hasUniqueIdentifiers: issuerUniqueId !== undefined || subjectUniqueId !== undefined,
    extensions: readExtensions(extensionList),
    hasEmptyExtensions: extensionsField !== undefined && extensionList.length === 0,
  };
}

function signatureAlgorithmOf(algorithm: DerValue): SignatureAlgorithm | null {
  try {
    return readSignatureAlgorithm(algorithm, "signature algorithm");
  } catch (error) {
    algorithm.forgive(error);
    return null;
  }
}

function keyOf(spki: DerValue): PublicKeyInspection {
  try {
    return inspectKeyValue(spki);
  } catch (error) {
    spki.forgive(error);
    return { algorithm: null, label: "unreadable key", bits: 0, weakness: "cannot be read" };
  }
}

function formOf(time: DerValue): "utc" | "generalized" {
  return time.tag === TAG.utcTime ? "utc" : "generalized";
}
