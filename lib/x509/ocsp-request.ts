import { type DerValue, readDer } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { type OcspCertId, readCertId } from "./ocsp-cert-id.ts";
import { readNonce } from "./ocsp-nonce.ts";
import { OID } from "./oids.ts";
import { tooLarge } from "./too-large.ts";

/** What a client asks (RFC 6960 §4.1). */
export interface OcspRequest {
  /** In the order of the request; at least one. */
  certIds: OcspCertId[];
  /** To be echoed; null when there is none. A view of the request. */
  nonce: Uint8Array | null;
}

/** A request about one certificate has some 80 octets, a signed one with its chain a few thousand. */
const OCTETS_MAX = 8192;

/** Each is looked up; no client asks about more than its chain. */
const CERTIFICATES_MAX = 32;

/** The outer layers, a general name, and 32 CertIDs of seven elements. */
const LIMITS = { maxBytes: OCTETS_MAX, maxDepth: 16, maxNodes: 1000 };

/** Extensions that may be critical because we honour them, or need do nothing to honour them (RFC 6960 §4.4). */
const KNOWN: ReadonlySet<string> = new Set([
  OID.ocspNonce,
  OID.ocspAcceptableResponses,
  OID.ocspPreferredSignatureAlgorithms,
]);

/**
 * Reads an OCSP request. A signature on it is neither demanded nor verified. Takes some microseconds.
 *
 * @param octets DER, at most 8 KiB and 32 certificates
 * @throws DomainError malformed or tooLarge, field `request`
 */
export function readOcspRequest(octets: Uint8Array): OcspRequest {
  const fields = readDer(octets, "request", LIMITS).fields("OCSP request");
  const body = fields.next("body");
  fields.optional(0xa0);
  fields.end();
  return readBody(body);
}

function readBody(body: DerValue): OcspRequest {
  const fields = body.fields("OCSP request");
  const version = fields.optional(0xa0)?.children[0]?.smallInteger("version") ?? 0;
  if (version !== 0) throw body.error("OCSP request", "has another version than 1", "rfc6960.4.1.1.version");
  fields.optional(0xa1);
  const list = fields.next("list of certificates").expect(TAG.sequence, "list of certificates");
  const extensions = fields.optional(0xa2);
  fields.end();
  if (list.children.length === 0) throw list.error("OCSP request", "asks for nothing", "rfc6960.4.1.1");
  if (list.children.length > CERTIFICATES_MAX) {
    throw tooLarge(
      list.field,
      "ocsp.count",
      `The OCSP request asks for more than ${CERTIFICATES_MAX} certificates.`,
    );
  }
  const certIds = list.children.map(readRequest);
  return { certIds, nonce: extensions === undefined ? null : nonceAmong(extensions) };
}

function readRequest(value: DerValue): OcspCertId {
  const fields = value.fields("Request");
  const certId = readCertId(fields.next("CertID"));
  const extensions = fields.optional(0xa0);
  fields.end();
  if (extensions !== undefined) nonceAmong(extensions);
  return certId;
}

/** @returns the nonce among some extensions, all of which must be such as we may pass over */
function nonceAmong(extensions: DerValue): Uint8Array | null {
  const what = "extensions of the OCSP request";
  let nonce: Uint8Array | null = null;
  for (const extension of extensions.children[0]?.expect(TAG.sequence, what).children ?? []) {
    const fields = extension.fields("extension");
    const oid = fields.next("extension id").oid("extension id");
    const critical = fields.optional(TAG.boolean)?.boolean("criticality of an extension") ?? false;
    const value = fields.next("extension value").octetString("extension value");
    fields.end();
    if (critical && !KNOWN.has(oid)) {
      throw extension.error(what, `have the critical extension ${oid}, which is unknown here`, "rfc6960.4.4");
    }
    if (oid !== OID.ocspNonce) continue;
    if (nonce !== null) throw extension.error(what, "have two nonces", "rfc9654.2.1");
    nonce = readNonce(value, extension.field);
  }
  return nonce;
}
