import type { DerValue } from "./der-reader.ts";
import { encodeDer, NULL, oid, sequence, TAG } from "./der-writer.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { OID } from "./oids.ts";

/** How a signature was made, as an AlgorithmIdentifier says it. */
export interface SignatureAlgorithm {
  oid: string;
  /** The words for a screen. */
  label: string;
  /** Digest name of node:crypto; null where the scheme hashes by itself. */
  digest: "sha1" | "sha256" | "sha384" | "sha512" | null;
  scheme: "ecdsa" | "rsa" | "rsa-pss" | "ed25519" | "ml-dsa";
  /** Set when the digest no longer protects against forgery. */
  weak: boolean;
  /** Octets of salt, for RSA-PSS only. */
  saltLength?: number;
}

type Row = Omit<SignatureAlgorithm, "oid">;

const ALGORITHMS: ReadonlyMap<string, Row> = new Map<string, Row>([
  [OID.ecdsaWithSha256, { label: "ECDSA with SHA-256", digest: "sha256", scheme: "ecdsa", weak: false }],
  [OID.ecdsaWithSha384, { label: "ECDSA with SHA-384", digest: "sha384", scheme: "ecdsa", weak: false }],
  [OID.ecdsaWithSha512, { label: "ECDSA with SHA-512", digest: "sha512", scheme: "ecdsa", weak: false }],
  [OID.sha256WithRsa, { label: "RSA with SHA-256", digest: "sha256", scheme: "rsa", weak: false }],
  [OID.sha384WithRsa, { label: "RSA with SHA-384", digest: "sha384", scheme: "rsa", weak: false }],
  [OID.sha512WithRsa, { label: "RSA with SHA-512", digest: "sha512", scheme: "rsa", weak: false }],
  [OID.ed25519, { label: "Ed25519", digest: null, scheme: "ed25519", weak: false }],
  [OID.mlDsa44, { label: "ML-DSA-44", digest: null, scheme: "ml-dsa", weak: false }],
  [OID.mlDsa65, { label: "ML-DSA-65", digest: null, scheme: "ml-dsa", weak: false }],
  [OID.mlDsa87, { label: "ML-DSA-87", digest: null, scheme: "ml-dsa", weak: false }],
  [OID.sha1WithRsa, { label: "RSA with SHA-1", digest: "sha1", scheme: "rsa", weak: true }],
  [OID.ecdsaWithSha1, { label: "ECDSA with SHA-1", digest: "sha1", scheme: "ecdsa", weak: true }],
]);

const PSS_DIGESTS: ReadonlyMap<string, "sha256" | "sha384" | "sha512"> = new Map([
  [OID.sha256, "sha256"],
  [OID.sha384, "sha384"],
  [OID.sha512, "sha512"],
] as const);

/** The signature algorithm each kind of key signs with, ready to be written. */
export interface SigningAlgorithm {
  /** DER of the AlgorithmIdentifier. */
  der: Uint8Array;
  oid: string;
  /** Digest name of node:crypto; null where the scheme hashes by itself. */
  digest: "sha256" | "sha384" | null;
}

/** ECDSA, Ed25519 and ML-DSA have no parameters, RSA has NULL (RFC 5758 §3.2, 8410 §3, 9881 §2, 3279 §2.2.1). */
const SIGNING: Readonly<Record<KeyAlgorithm, SigningAlgorithm>> = {
  "ecdsa-p256": withoutParameters(OID.ecdsaWithSha256, "sha256"),
  "ecdsa-p384": withoutParameters(OID.ecdsaWithSha384, "sha384"),
  ed25519: withoutParameters(OID.ed25519, null),
  "rsa-2048": rsa(),
  "rsa-3072": rsa(),
  "rsa-4096": rsa(),
  "ml-dsa-44": withoutParameters(OID.mlDsa44, null),
  "ml-dsa-65": withoutParameters(OID.mlDsa65, null),
  "ml-dsa-87": withoutParameters(OID.mlDsa87, null),
};

function withoutParameters(algorithm: string, digest: "sha256" | "sha384" | null): SigningAlgorithm {
  return { oid: algorithm, digest, der: encodeDer(sequence(oid(algorithm))) };
}

function rsa(): SigningAlgorithm {
  return { oid: OID.sha256WithRsa, digest: "sha256", der: encodeDer(sequence(oid(OID.sha256WithRsa), NULL)) };
}

/** What a key of this kind signs with. */
export function signatureAlgorithmFor(algorithm: KeyAlgorithm): SigningAlgorithm {
  return SIGNING[algorithm];
}

/**
 * The signature algorithm an AlgorithmIdentifier names.
 *
 * @returns null for algorithms we do not know or whose parameters are not the standard's
 * @throws DomainError malformed when it is not an AlgorithmIdentifier
 */
export function readSignatureAlgorithm(value: DerValue, what: string): SignatureAlgorithm | null {
  const fields = value.fields(what);
  const algorithm = fields.next("algorithm").oid(what);
  const parameters = fields.optional(TAG.null) ?? fields.optional(TAG.sequence);
  fields.end();
  if (algorithm === OID.rsaPss) return parameters === undefined ? null : readPss(parameters, what);
  const row = ALGORITHMS.get(algorithm);
  if (row === undefined) return null;
  // RSA should say NULL, and many read its absence too (RFC 4055 §5); the others must have nothing.
  if (parameters !== undefined && (row.scheme !== "rsa" || parameters.tag !== TAG.null)) return null;
  return { oid: algorithm, ...row };
}

/** The object identifier of an AlgorithmIdentifier, also of one we do not know. */
export function algorithmOid(value: DerValue, what: string): string {
  return value.fields(what).next("algorithm").oid(what);
}

/** RSASSA-PSS-params (RFC 4055 §3.1): one digest for message and mask, trailer 1; SHA-1 defaults are not taken. */
function readPss(parameters: DerValue, what: string): SignatureAlgorithm | null {
  const fields = parameters.fields(what);
  const hash = fields.optional(0xa0)?.children[0];
  const mask = fields.optional(0xa1)?.children[0];
  const salt = fields.optional(0xa2)?.children[0];
  const trailer = fields.optional(0xa3)?.children[0];
  fields.end();
  if (hash === undefined || mask === undefined || (trailer && trailer.smallInteger(what) !== 1)) return null;
  const digest = PSS_DIGESTS.get(algorithmOid(hash, what));
  const maskFields = mask.fields(what);
  if (digest === undefined || maskFields.next("mask generation").oid(what) !== OID.mgf1) return null;
  if (PSS_DIGESTS.get(algorithmOid(maskFields.next("mask digest"), what)) !== digest) return null;
  const saltLength = salt === undefined ? 20 : salt.smallInteger(what);
  if (saltLength > 512) return null;
  const label = `RSA-PSS with ${digest.replace("sha", "SHA-")}`;
  return { oid: OID.rsaPss, label, digest, scheme: "rsa-pss", weak: false, saltLength };
}
