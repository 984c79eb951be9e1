import { hash } from "node:crypto";
import { malformed } from "../errors.ts";
import { type CertificateExtensions, extensionsNode } from "./certificate-extensions.ts";
import { bitString, context, encodeDer, integer, sequence, time } from "./der-writer.ts";
import { fromHex } from "./hex.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { checkName, type Name, nameNode } from "./name.ts";
import { publicKeyOctets } from "./public-key.ts";
import { signatureAlgorithmFor } from "./signature-algorithm.ts";

/** Everything a certificate says. There are no defaults: the caller decides each field. */
export interface TbsCertificateInput {
  /** Lower-case hexadecimal, as `newSerialNumber` makes it. */
  serialNumber: string;
  /** The issuer's subject: best as the DER of its certificate, which need not be written anew. */
  issuer: Name | Uint8Array;
  subject: Name;
  /** Whole seconds; fractions are cut off. */
  notBefore: Date;
  notAfter: Date;
  /** DER of the SubjectPublicKeyInfo. */
  spki: Uint8Array;
  /** The kind of key the *issuer* signs with. */
  signatureAlgorithm: KeyAlgorithm;
  extensions: CertificateExtensions;
}

const VERSION_3 = encodeDer(context(0, integer(2)));

/**
 * The bytes to be signed of a version 3 certificate (RFC 5280 §4.1). Takes some 10 µs.
 *
 * @throws DomainError malformed when the subject has characters or lengths that no name may have
 */
export function encodeTbsCertificate(input: TbsCertificateInput): Uint8Array<ArrayBuffer> {
  const { issuer, subject, extensions } = input;
  const violation = checkName(subject);
  if (violation !== null) throw malformed(violation.field, violation.rule, violation.detail);
  const extensionList = extensionsNode(extensions, subject.length === 0);
  return encodeDer(
    sequence(
      VERSION_3,
      integer(fromHex(input.serialNumber, "serialNumber")),
      signatureAlgorithmFor(input.signatureAlgorithm).der,
      issuer instanceof Uint8Array ? issuer : nameNode(issuer),
      sequence(time(input.notBefore), time(input.notAfter)),
      nameNode(subject),
      input.spki,
      ...(extensionList === null ? [] : [context(3, extensionList)]),
    ),
  );
}

/**
 * The certificate: to-be-signed bytes, the algorithm of the issuer's key, and its signature.
 */
export function assembleCertificate(
  tbs: Uint8Array,
  algorithm: KeyAlgorithm,
  signature: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return encodeDer(sequence(tbs, signatureAlgorithmFor(algorithm).der, bitString(signature)));
}

/**
 * The key identifier of RFC 5280 §4.2.1.2 (1): SHA-1 of the key's BIT STRING content. SHA-1 is a name here,
 * not a protection, and OCSP's responder id by key wants exactly this value (RFC 6960 §4.2.1).
 *
 * @param spki DER of the SubjectPublicKeyInfo
 * @throws DomainError malformed when it is none
 */
export function keyIdentifier(spki: Uint8Array): Uint8Array {
  return new Uint8Array(hash("sha1", publicKeyOctets(spki), "buffer"));
}
