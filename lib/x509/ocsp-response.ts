import { extensionNode } from "./certificate-extensions.ts";
import {
  bitString,
  context,
  contextPrimitive,
  type DerNode,
  element,
  encodeDer,
  generalizedTime,
  octetString,
  oid,
  sequence,
  TAG,
} from "./der-writer.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { OID } from "./oids.ts";
import { REVOCATION_REASONS, type RevocationReason } from "./revocation-reason.ts";
import { signatureAlgorithmFor } from "./signature-algorithm.ts";

/** What is known of one certificate (RFC 6960 §2.2). */
export type OcspStatus =
  | { kind: "good" }
  /** The authority never issued such a certificate. */
  | { kind: "unknown" }
  | { kind: "revoked"; at: Date; reason: RevocationReason };

/** The answer about one certificate. Times are in whole seconds; fractions are cut off. */
export interface OcspSingleResponse {
  /** DER of the CertID, as the request had it. */
  certId: Uint8Array;
  status: OcspStatus;
  thisUpdate: Date;
  nextUpdate: Date;
}

/** Everything a response says. There are no defaults: the caller decides each field. */
export interface ResponseDataInput {
  /** SHA-1 of the responder's public key, as `keyIdentifier` gives it. */
  responderKeyHash: Uint8Array;
  producedAt: Date;
  responses: readonly OcspSingleResponse[];
  /** The request's nonce to be echoed (RFC 9654 §2.1); null: none. */
  nonce: Uint8Array | null;
}

/** The bytes to be signed of a basic response (RFC 6960 §4.2.1), with the responder's id by key. */
export function encodeResponseData(input: ResponseDataInput): Uint8Array<ArrayBuffer> {
  const { responderKeyHash, producedAt, responses, nonce } = input;
  const members = [
    context(2, octetString(responderKeyHash)),
    generalizedTime(producedAt),
    sequence(...responses.map(singleResponseNode)),
  ];
  if (nonce !== null) {
    // The Nonce is itself an OCTET STRING inside the one that every extension has (RFC 9654 §2.1).
    members.push(context(1, sequence(extensionNode(OID.ocspNonce, false, octetString(nonce)))));
  }
  return encodeDer(sequence(...members));
}

function singleResponseNode({ certId, status, thisUpdate, nextUpdate }: OcspSingleResponse): DerNode {
  return sequence(
    certId,
    statusNode(status),
    generalizedTime(thisUpdate),
    context(0, generalizedTime(nextUpdate)),
  );
}

const GOOD = encodeDer(contextPrimitive(0, ""));
const UNKNOWN = encodeDer(contextPrimitive(2, ""));

/** CertStatus; the reason is left out when it is unspecified, as in CRLs (RFC 5280 §5.3.1). */
function statusNode(status: OcspStatus): DerNode {
  if (status.kind === "good") return GOOD;
  if (status.kind === "unknown") return UNKNOWN;
  const at = generalizedTime(status.at);
  if (status.reason === "unspecified") return context(1, at);
  const code = Uint8Array.of(REVOCATION_REASONS[status.reason].code);
  return context(1, at, context(0, element(TAG.enumerated, code)));
}

/**
 * The successful OCSPResponse (RFC 6960 §4.2.1): response data, its signature, and the certificates that lead
 * from the responder to the authority.
 *
 * @param certificates DER; empty when the authority itself has signed
 */
export function assembleOcspResponse(
  tbs: Uint8Array,
  algorithm: KeyAlgorithm,
  signature: Uint8Array,
  certificates: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const basic = [tbs, signatureAlgorithmFor(algorithm).der, bitString(signature)];
  if (certificates.length > 0) basic.push(context(0, sequence(...certificates)));
  return encodeDer(
    sequence(
      element(TAG.enumerated, Uint8Array.of(0)),
      context(0, sequence(oid(OID.ocspBasic), octetString(element(TAG.sequence, basic)))),
    ),
  );
}

/** OCSPResponseStatus of the answers that answer nothing. */
export const OCSP_ERRORS = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
} as const;

export type OcspErrorStatus = keyof typeof OCSP_ERRORS;

/** An OCSPResponse without responseBytes, which nobody signs (RFC 6960 §2.3). */
export function ocspError(status: OcspErrorStatus): Uint8Array<ArrayBuffer> {
  return encodeDer(sequence(element(TAG.enumerated, Uint8Array.of(OCSP_ERRORS[status]))));
}
