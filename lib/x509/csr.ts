import type { KeyObject } from "node:crypto";
import { malformed } from "../errors.ts";
import { requestInfo, signedRequest } from "./csr-writer.ts";
import { type DerValue, readDer } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { type Extension, readExtension } from "./extension-reader.ts";
import type { AnyGeneralName, GeneralName } from "./general-name.ts";
import { signTbs, verifySignature } from "./key.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { checkName, type Name, readName } from "./name.ts";
import { OID } from "./oids.ts";
import { decodePem, looksLikePem } from "./pem.ts";
import { inspectKeyValue, type PublicKeyInspection } from "./public-key.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./signature-algorithm.ts";
import { tooLarge } from "./too-large.ts";
import { unsafeCharacter } from "./unsafe-character.ts";

/** A PKCS#10 request (RFC 2986) as it asks; nothing in it is granted by being there. */
export interface CertificateSigningRequest {
  der: Uint8Array;
  /** CertificationRequestInfo: what the requester signed. */
  info: Uint8Array;
  subject: Name;
  spki: Uint8Array;
  /** Null when it is a key we do not issue for; `key.weakness` says why. */
  keyAlgorithm: KeyAlgorithm | null;
  key: PublicKeyInspection;
  /** The subject alternative names asked for. */
  names: GeneralName[];
  /** All extensions asked for, the alternative names included. */
  requestedExtensions: Extension[];
  /** Object identifiers of attributes, and of critical extensions, that we do not know and will not honour. */
  unknownAttributes: string[];
  signatureAlgorithm: SignatureAlgorithm;
  signature: Uint8Array;
}

export interface RequestLimits {
  /** Bytes of the input, PEM or DER; default 64 KiB. */
  maxBytes?: number;
  /** Subject alternative names; default 100. */
  maxNames?: number;
  /** The input field that errors name; default `csr`. */
  field?: string;
}

/**
 * Reads a certificate signing request, one in PEM (alone, nothing round it) or in DER. The signature is not
 * verified: see `verifyProofOfPossession`.
 *
 * @throws DomainError tooLarge beyond a limit; malformed with the rule otherwise
 */
export function parseCertificateSigningRequest(
  input: Uint8Array | string,
  limits: RequestLimits = {},
): CertificateSigningRequest {
  const { maxBytes = 64 * 1024, maxNames = 100, field = "csr" } = limits;
  if (input.length > maxBytes)
    throw tooLarge(field, "csr.size", `The ${field} is larger than ${maxBytes} bytes.`);
  const der = derOf(input, field);
  const fields = readDer(der, field, { maxBytes }).fields("certificate signing request");
  const info = fields.next("request info");
  const algorithm = fields.next("signature algorithm");
  const signature = fields.next("signature").octetsOfBitString("signature");
  fields.end();
  return {
    der,
    info: info.der,
    signature,
    ...readInfo(info, maxNames),
    signatureAlgorithm: algorithmOf(algorithm),
  };
}

function derOf(input: Uint8Array | string, field: string): Uint8Array {
  if (typeof input !== "string" && !looksLikePem(input)) return input;
  const text = typeof input === "string" ? input : new TextDecoder("latin1").decode(input);
  const { label, der } = decodePem(text, { field, maxBlocks: 1 })[0] as { label: string; der: Uint8Array };
  if (label !== "CERTIFICATE REQUEST" && label !== "NEW CERTIFICATE REQUEST") {
    const hint = label.endsWith("PRIVATE KEY")
      ? " Keep the private key to yourself, and replace it: it has been sent."
      : "";
    throw malformed(
      field,
      "rfc7468.7",
      `The ${field} is a PEM block ${label} where CERTIFICATE REQUEST belongs.${hint}`,
    );
  }
  return der;
}

function readInfo(info: DerValue, maxNames: number) {
  const { field } = info;
  const fields = info.fields("request info");
  if (fields.next("version").smallInteger("version") !== 0) {
    throw malformed(field, "rfc2986.4.1", `The ${field} has another version than 0.`);
  }
  const subject = readName(fields.next("subject"), "subject");
  const violation = checkName(subject);
  if (violation !== null) throw malformed(field, violation.rule, violation.detail);
  const spki = fields.next("public key");
  const attributes = fields.optional(0xa0);
  fields.end();
  const key = inspectKeyValue(spki);
  const { requestedExtensions, unknownAttributes } = readAttributes(attributes?.children ?? [], field);
  const names = requestedNames(requestedExtensions, field, maxNames);
  return {
    subject,
    spki: spki.der,
    key,
    keyAlgorithm: key.algorithm,
    names,
    requestedExtensions,
    unknownAttributes,
  };
}

function readAttributes(attributes: readonly DerValue[], field: string) {
  const seen = new Set<string>();
  const unknownAttributes: string[] = [];
  let requestedExtensions: Extension[] = [];
  for (const attribute of attributes) {
    const fields = attribute.fields("attribute");
    const type = fields.next("attribute type").oid("attribute type");
    const values = fields.next("attribute values").expect(TAG.set, "attribute values").children;
    fields.end();
    if (seen.has(type))
      throw malformed(field, "rfc2986.4.1.duplicate", `The ${field} has the attribute ${type} twice.`);
    seen.add(type);
    if (type === OID.extensionRequest) requestedExtensions = readExtensionRequest(values, field);
    else unknownAttributes.push(type);
  }
  for (const { critical, name, oid } of requestedExtensions) {
    if (critical && name === oid) unknownAttributes.push(oid);
  }
  return { requestedExtensions, unknownAttributes };
}

function readExtensionRequest(values: readonly DerValue[], field: string): Extension[] {
  const [list, ...others] = values;
  if (list === undefined || others.length > 0) {
    throw malformed(
      field,
      "rfc2985.5.4.2",
      `The ${field} has an extension request without exactly one value.`,
    );
  }
  const extensions = list.expect(TAG.sequence, "extension request").children.map(readExtension);
  const seen = new Set<string>();
  for (const { oid, name, finding } of extensions) {
    if (seen.has(oid))
      throw malformed(field, "rfc5280.4.2.duplicate", `The ${field} asks for the extension ${name} twice.`);
    seen.add(oid);
    if (finding !== undefined) throw malformed(field, finding.rule, finding.detail);
  }
  return extensions;
}

function requestedNames(extensions: readonly Extension[], field: string, maxNames: number): GeneralName[] {
  const value = extensions.find(({ oid }) => oid === OID.subjectAlternativeName)?.value;
  if (value?.kind !== "subjectAlternativeName") return [];
  if (value.names.length > maxNames) {
    throw tooLarge(
      field,
      "csr.names",
      `The ${field} asks for ${value.names.length} names; ${maxNames} are allowed.`,
    );
  }
  return value.names.map((name) => issuable(name, field));
}

function issuable(name: AnyGeneralName, field: string): GeneralName {
  if (name.type === "directoryName" || name.type === "registeredId" || name.type === "other") {
    throw malformed(
      field,
      "csr.name-type",
      `The ${field} asks for an alternative name that is neither DNS, IP, URI nor e-mail.`,
    );
  }
  const unsafe = unsafeCharacter(name.value);
  if (unsafe !== null)
    throw malformed(field, "name.characters", `An alternative name of the ${field} contains ${unsafe}.`);
  return name;
}

function algorithmOf(value: DerValue): SignatureAlgorithm {
  const algorithm = readSignatureAlgorithm(value, "signature algorithm");
  if (algorithm === null || algorithm.weak) {
    const label = algorithm?.label ?? "an algorithm we do not know";
    throw malformed(
      value.field,
      "csr.signature-algorithm",
      `The ${value.field} is signed with ${label}; use SHA-256 or better.`,
    );
  }
  return algorithm;
}

/**
 * Makes sure that the requester holds the private key: the request is signed with it (RFC 2986 §4.2).
 * Costs some 250 µs for P-256, on the calling thread.
 *
 * @throws DomainError malformed, field `csr`, rule `rfc2986.4.2`
 */
export function verifyProofOfPossession(csr: CertificateSigningRequest): void {
  const { signatureAlgorithm, spki, info, signature } = csr;
  if (!verifySignature(signatureAlgorithm, spki, info, signature, "csr")) {
    throw malformed(
      "csr",
      "rfc2986.4.2",
      "The signature of the csr does not fit its public key: it was damaged or altered.",
    );
  }
}

/** What a request of our own asks for. */
export interface RequestInput {
  subject: Name;
  names: readonly GeneralName[];
  privateKey: KeyObject;
  /** DER of the SubjectPublicKeyInfo that belongs to it. */
  spki: Uint8Array;
  algorithm: KeyAlgorithm;
}

/** DER of a certificate signing request with a key that is on this machine. */
export function buildCertificateSigningRequest(input: RequestInput): Uint8Array<ArrayBuffer> {
  const info = requestInfo(input);
  return signedRequest(info, input.algorithm, signTbs(info, input.privateKey, input.algorithm));
}
