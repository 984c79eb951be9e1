import { malformed } from "../errors.ts";
import { extensionNode } from "./certificate-extensions.ts";
import { bitString, context, encodeDer, integer, oid, sequence, setOf } from "./der-writer.ts";
import { type GeneralName, generalNameNode } from "./general-name.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { checkName, type Name, nameNode } from "./name.ts";
import { OID } from "./oids.ts";
import { signatureAlgorithmFor } from "./signature-algorithm.ts";

/**
 * CertificationRequestInfo (RFC 2986 §4.1) with the alternative names as its only extension request.
 *
 * @throws DomainError malformed when the subject has characters or lengths that no name may have
 */
export function requestInfo(input: {
  subject: Name;
  names: readonly GeneralName[];
  spki: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  const { subject, names, spki } = input;
  const violation = checkName(subject);
  if (violation !== null) throw malformed(violation.field, violation.rule, violation.detail);
  const alternativeNames = extensionNode(
    OID.subjectAlternativeName,
    subject.length === 0,
    sequence(...names.map(generalNameNode)),
  );
  const attributes =
    names.length === 0 ? [] : [sequence(oid(OID.extensionRequest), setOf(sequence(alternativeNames)))];
  return encodeDer(sequence(integer(0), nameNode(subject), spki, context(0, ...attributes)));
}

/** CertificationRequest: the info, the algorithm of the requester's key, and its signature. */
export function signedRequest(
  info: Uint8Array,
  algorithm: KeyAlgorithm,
  signature: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return encodeDer(sequence(info, signatureAlgorithmFor(algorithm).der, bitString(signature)));
}
