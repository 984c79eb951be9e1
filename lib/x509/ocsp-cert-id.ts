import { hash as digestOf } from "node:crypto";
import type { DerValue } from "./der-reader.ts";
import { element, encodeDer, NULL, octetString, oid, sequence, TAG } from "./der-writer.ts";
import { toHex } from "./hex.ts";
import { OID } from "./oids.ts";
import { publicKeyOctets } from "./public-key.ts";
import { SERIAL_OCTETS_MAX, serialContent, serialText } from "./serial-text.ts";

/** Digests by which clients name an issuer; RFC 5019 knows SHA-1 only, RFC 9654 and newer software use SHA-256. */
export type CertIdHash = "sha1" | "sha256" | "sha384" | "sha512";

/** Whose status is asked for (RFC 6960 §4.1.1). */
export interface OcspCertId {
  /** DER of the CertID: a view of what was read. An answer repeats it octet by octet. */
  raw: Uint8Array;
  hash: CertIdHash | "other";
  /** Lower-case hexadecimal, as are the others. Of the DER of the issuer's name. */
  issuerNameHash: string;
  /** Of the issuer's key: the BIT STRING's octets. */
  issuerKeyHash: string;
  /** As certificates have it, see `serialText`. */
  serial: string;
}

const HASHES: ReadonlyMap<string, CertIdHash> = new Map([
  [OID.sha1, "sha1"],
  [OID.sha256, "sha256"],
  [OID.sha384, "sha384"],
  [OID.sha512, "sha512"],
] as const);

/** @throws DomainError malformed when it is not a CertID */
export function readCertId(value: DerValue): OcspCertId {
  const fields = value.fields("CertID");
  const algorithm = fields.next("hash algorithm").fields("hash algorithm");
  const hash = HASHES.get(algorithm.next("hash algorithm").oid("hash algorithm")) ?? "other";
  const issuerNameHash = fields.next("issuer name hash").octetString("issuer name hash");
  const issuerKeyHash = fields.next("issuer key hash").octetString("issuer key hash");
  const serial = fields.next("serial number").integer("serial number");
  fields.end();
  // No digest is longer than 64 octets.
  if (Math.max(issuerNameHash.length, issuerKeyHash.length) > 64 || serial.length > SERIAL_OCTETS_MAX) {
    throw value.error("CertID", "has a hash or a serial number longer than 64 octets", "rfc6960.4.1.1");
  }
  return {
    raw: value.der,
    hash,
    issuerNameHash: toHex(issuerNameHash),
    issuerKeyHash: toHex(issuerKeyHash),
    serial: serialText(serial),
  };
}

/** An issuer as CertIDs name it. */
export interface CertIdIssuer {
  /** DER of its subject name. */
  subject: Uint8Array;
  /** DER of its SubjectPublicKeyInfo. */
  spki: Uint8Array;
}

/** The hashes by which clients name an issuer, in lower-case hexadecimal. */
export function issuerHashes(
  issuer: CertIdIssuer,
  hash: CertIdHash,
): { issuerNameHash: string; issuerKeyHash: string } {
  return {
    issuerNameHash: digestOf(hash, issuer.subject, "hex"),
    issuerKeyHash: digestOf(hash, publicKeyOctets(issuer.spki), "hex"),
  };
}

/**
 * DER of the CertID of a certificate, its algorithm with NULL as all clients write it.
 *
 * @param serial lower-case hexadecimal
 */
export function encodeCertId(
  issuer: CertIdIssuer,
  serial: string,
  hash: CertIdHash,
): Uint8Array<ArrayBuffer> {
  const { issuerNameHash, issuerKeyHash } = issuerHashes(issuer, hash);
  return encodeDer(
    sequence(
      sequence(oid(OID[hash]), NULL),
      octetString(Buffer.from(issuerNameHash, "hex")),
      octetString(Buffer.from(issuerKeyHash, "hex")),
      element(TAG.integer, serialContent(serial)),
    ),
  );
}
