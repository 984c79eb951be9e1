import { extensionNode } from "./certificate-extensions.ts";
import { context, encodeDer, octetString, sequence } from "./der-writer.ts";
import { OID } from "./oids.ts";

/**
 * An unsigned OCSP request (RFC 6960 §4.1).
 *
 * @param certIds DER of each, as `encodeCertId` makes it; at least one
 * @param nonce random octets, 32 as RFC 9654 §2.1 recommends; null: none, so that a kept answer may serve
 */
export function encodeOcspRequest(
  certIds: readonly Uint8Array[],
  nonce: Uint8Array | null,
): Uint8Array<ArrayBuffer> {
  const list = sequence(...certIds.map((certId) => sequence(certId)));
  if (nonce === null) return encodeDer(sequence(sequence(list)));
  const extensions = context(2, sequence(extensionNode(OID.ocspNonce, false, octetString(nonce))));
  return encodeDer(sequence(sequence(list, extensions)));
}
