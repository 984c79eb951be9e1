import { malformed } from "../errors.ts";
import { type DerValue, readDer } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { type Extension, readExtension } from "./extension-reader.ts";
import { toHex } from "./hex.ts";
import { type OcspCertId, readCertId } from "./ocsp-cert-id.ts";
import { readNonce } from "./ocsp-nonce.ts";
import { OCSP_ERRORS, type OcspErrorStatus, type OcspStatus } from "./ocsp-response.ts";
import { OID } from "./oids.ts";
import { reasonOfCode } from "./revocation-reason.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./signature-algorithm.ts";

/** What a responder sent: an answer, or the reason why there is none (RFC 6960 §4.2.1). */
export type ParsedOcspResponse =
  | { status: "successful"; answer: OcspAnswer }
  | { status: OcspErrorStatus | "sigRequired" };

/** A basic response; its octets are views of the document. */
export interface OcspAnswer {
  /** ResponseData: the to-be-signed bytes. */
  tbs: Uint8Array;
  responder: OcspResponderId;
  producedAt: Date;
  /** At least one, in the order of the response. */
  responses: OcspCertStatus[];
  nonce: Uint8Array | null;
  /** Null when we do not know it. */
  signatureAlgorithm: SignatureAlgorithm | null;
  signature: Uint8Array;
  /** DER of those that the responder sent along, unread. */
  certificates: Uint8Array[];
}

/** Who says that it answered. */
export type OcspResponderId =
  /** SHA-1 of its public key, in lower-case hexadecimal. */
  | { kind: "key"; keyHash: string }
  /** DER of its name. */
  | { kind: "name"; name: Uint8Array };

/** What is said of one certificate. */
export interface OcspCertStatus {
  certId: OcspCertId;
  status: OcspStatus;
  thisUpdate: Date;
  /** Null: newer information is available at any time (RFC 6960 §2.4). */
  nextUpdate: Date | null;
}

/** Some 2 KB with a delegate's certificate; ML-DSA signatures and keys take ten times as much. */
const LIMITS = { maxBytes: 128 * 1024, maxDepth: 20, maxNodes: 5000 };

const RESPONSES_MAX = 100;
const CERTIFICATES_MAX = 10;

const ERRORS: ReadonlyMap<number, OcspErrorStatus | "sigRequired"> = new Map([
  ...Object.entries(OCSP_ERRORS).map(([name, code]) => [code, name as OcspErrorStatus] as const),
  [5, "sigRequired"] as const,
]);

/**
 * Reads an OCSP response. Nothing in it is verified: see `checkOcspAnswer`.
 *
 * @param octets DER, at most 128 KiB
 * @param field the input field that errors name
 * @throws DomainError malformed or tooLarge
 */
export function readOcspResponse(octets: Uint8Array, field = "response"): ParsedOcspResponse {
  const fields = readDer(octets, field, LIMITS).fields("OCSP response");
  const code = fields.next("status").smallInteger("status", TAG.enumerated);
  const bytes = fields.optional(0xa0);
  fields.end();
  const status = ERRORS.get(code);
  if (status !== undefined) return { status };
  if (code !== 0)
    throw malformed(field, "rfc6960.4.2.1", `The OCSP response has the unknown status ${code}.`);
  const content = bytes?.children[0];
  if (content === undefined) {
    throw malformed(field, "rfc6960.4.2.1", "The OCSP response is successful without an answer.");
  }
  const typed = content.fields("response bytes");
  const type = typed.next("response type").oid("response type");
  const basic = typed.next("response").octetString("response");
  typed.end();
  if (type !== OID.ocspBasic) {
    throw malformed(field, "rfc6960.4.2.1", `The OCSP response is of the unknown type ${type}.`);
  }
  return { status: "successful", answer: readBasic(readDer(basic, field, LIMITS)) };
}

function readBasic(value: DerValue): OcspAnswer {
  const fields = value.fields("basic response");
  const data = fields.next("response data");
  const algorithm = fields.next("signature algorithm");
  const signature = fields.next("signature").octetsOfBitString("signature");
  const certificates = fields.optional(0xa0)?.children[0]?.expect(TAG.sequence, "certificates").children;
  fields.end();
  if (certificates !== undefined && certificates.length > CERTIFICATES_MAX) {
    throw value.error("basic response", `has more than ${CERTIFICATES_MAX} certificates`, "ocsp.count");
  }
  return {
    tbs: data.der,
    ...readResponseData(data),
    signatureAlgorithm: readSignatureAlgorithm(algorithm, "signature algorithm"),
    signature,
    certificates: certificates?.map(({ der }) => der) ?? [],
  };
}

function readResponseData(value: DerValue) {
  const what = "response data";
  const fields = value.fields(what);
  const version = fields.optional(0xa0)?.children[0]?.smallInteger("version") ?? 0;
  if (version !== 0) throw value.error(what, "has another version than 1", "rfc6960.4.2.1");
  const responder = readResponderId(fields.next("responder"));
  const producedAt = generalizedTime(fields.next("producedAt"), "producedAt");
  const list = fields.next("responses").expect(TAG.sequence, "responses").children;
  const extensions = readExtensionList(fields.optional(0xa1));
  fields.end();
  if (list.length === 0 || list.length > RESPONSES_MAX) {
    throw value.error(what, `has none or more than ${RESPONSES_MAX} responses`, "ocsp.count");
  }
  const nonce = extensions.find(({ oid }) => oid === OID.ocspNonce);
  return {
    responder,
    producedAt,
    responses: list.map(readSingleResponse),
    nonce: nonce === undefined ? null : readNonce(nonce.der, value.field),
  };
}

function readResponderId(value: DerValue): OcspResponderId {
  const inner = value.children[0];
  if (inner === undefined || (value.tag !== 0xa1 && value.tag !== 0xa2)) {
    throw value.error("responder", "is named neither by key nor by name", "rfc6960.4.2.1");
  }
  if (value.tag === 0xa2) return { kind: "key", keyHash: toHex(inner.octetString("key hash")) };
  return { kind: "name", name: inner.expect(TAG.sequence, "name of the responder").der };
}

function readSingleResponse(value: DerValue): OcspCertStatus {
  const fields = value.fields("single response");
  const certId = readCertId(fields.next("CertID"));
  const status = readStatus(fields.next("status"));
  const thisUpdate = generalizedTime(fields.next("thisUpdate"), "thisUpdate");
  const nextUpdate = fields.optional(0xa0)?.children[0];
  readExtensionList(fields.optional(0xa1));
  fields.end();
  return {
    certId,
    status,
    thisUpdate,
    nextUpdate: nextUpdate === undefined ? null : generalizedTime(nextUpdate, "nextUpdate"),
  };
}

function readStatus(value: DerValue): OcspStatus {
  const { tag, content } = value;
  if ((tag === 0x80 || tag === 0x82) && content.length === 0) {
    return { kind: tag === 0x80 ? "good" : "unknown" };
  }
  const fields = value.fields("certificate status", 0xa1);
  const at = generalizedTime(fields.next("revocation time"), "revocation time");
  const code = fields.optional(0xa0)?.children[0]?.smallInteger("reason", TAG.enumerated) ?? 0;
  fields.end();
  return { kind: "revoked", at, reason: reasonOfCode(code) ?? "unspecified" };
}

/** Every time in OCSP is a GeneralizedTime, without fractions (RFC 6960 §4.2.2.1). */
function generalizedTime(value: DerValue, what: string): Date {
  return value.expect(TAG.generalizedTime, what).time(what);
}

/** The extensions in a context tag. One that is critical and unknown must not be passed over. */
function readExtensionList(tagged: DerValue | undefined): Extension[] {
  const list = tagged?.children[0]?.expect(TAG.sequence, "extensions").children ?? [];
  return list.map((member) => {
    const extension = readExtension(member);
    if (extension.critical && extension.oid !== OID.ocspNonce) {
      const problem = `has the critical extension ${extension.name}, which is unknown here`;
      throw member.error("OCSP response", problem, "rfc6960.4.4");
    }
    return extension;
  });
}
