import { context, type DerNode, encodeDer, integer, oid, sequence, setOf } from "./der-writer.ts";
import { OID } from "./oids.ts";
import { encodePem } from "./pem.ts";

const EMPTY_SET: DerNode = setOf();

/**
 * A certificates-only SignedData, the `.p7b` that Windows and Java import (RFC 5652 §5.1, RFC 8551 §3.2.2).
 * Certificates stay in the given order, leaf first, because importers show them so; CMS is BER and does not
 * demand a sorted set.
 *
 * @param certificates DER certificates
 */
export function encodePkcs7(certificates: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const signedData = sequence(
    integer(1),
    EMPTY_SET,
    sequence(oid(OID.data)),
    context(0, ...certificates),
    EMPTY_SET,
  );
  return encodeDer(sequence(oid(OID.signedData), context(0, signedData)));
}

/** The same as PEM, labelled `PKCS7` as OpenSSL reads it. */
export function encodePkcs7Pem(certificates: readonly Uint8Array[]): string {
  return encodePem("PKCS7", encodePkcs7(certificates));
}
