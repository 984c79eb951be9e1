import { DomainError, malformed } from "../errors.ts";
import { type CrlEntry, readCrlEntries } from "./crl-entries.ts";
import { type CrlScope, readScope } from "./crl-scope.ts";
import { DerCursor } from "./der-cursor.ts";
import { type DerValue, readDer } from "./der-reader.ts";
import { compareBytes, TAG } from "./der-writer.ts";
import { type Extension, extensionValue, readExtension } from "./extension-reader.ts";
import { toHex } from "./hex.ts";
import { verifySignature, verifySignatureOnPool } from "./key.ts";
import { type Name, readName } from "./name.ts";
import { OID } from "./oids.ts";
import { decodePem, looksLikePem } from "./pem.ts";
import { algorithmOid, readSignatureAlgorithm, type SignatureAlgorithm } from "./signature-algorithm.ts";
import { tooLarge } from "./too-large.ts";

/** A CRL with everything that it says; its octets are views of the document. */
export interface ParsedCrl {
  der: Uint8Array;
  /** The to-be-signed bytes. */
  tbs: Uint8Array;
  issuer: Name;
  issuerDer: Uint8Array;
  thisUpdate: Date;
  /** Null when the issuer does not say: RFC 5280 §5.1.2.5 demands it. */
  nextUpdate: Date | null;
  /** Null in CRLs of version 1 and those of careless issuers. */
  number: bigint | null;
  /** Lower-case hexadecimal. */
  authorityKeyIdentifier: string | null;
  /** Whether it only tells what changed since another one (§5.2.4). */
  isDelta: boolean;
  /** Whether it tells of some certificates of its issuer only, or of those of others (§5.2.5). */
  isPartial: boolean;
  /** What the issuing distribution point says; null when there is none: then the CRL is complete. */
  scope: CrlScope | null;
  signatureAlgorithmOid: string;
  /** Null when we do not know it. */
  signatureAlgorithm: SignatureAlgorithm | null;
  signature: Uint8Array;
  /**
   * What is revoked, in the order of the CRL. Entries are read as they are asked for, and thrown out of here
   * when they are malformed: only who has reached the end knows that all of them are sound.
   *
   * @throws DomainError malformed; tooLarge beyond two million entries
   */
  entries(): Generator<CrlEntry, void, undefined>;
}

/** Octets in DER. Two million short entries, or 1.3 million with long serial numbers and reasons. */
const OCTETS_MAX = 64 << 20;

/** The same in PEM, with the text that some tools write in front. */
const PEM_OCTETS_MAX = 90 << 20;

/** Of names and extensions, each for itself: nobody's need more. */
const PART_LIMITS = { maxBytes: 64 * 1024, maxNodes: 2000 };

/**
 * Reads a CRL of either version, in DER or as one PEM block (RFC 5280 §5.1). Its signature is not verified: see
 * `verifyCrl`. Entries are read later: what is done here takes microseconds, whatever the size.
 *
 * @param field the input field that errors name
 * @throws DomainError malformed, also for a critical extension that is unknown here, as then nobody may use the
 *   CRL (§5.2); tooLarge
 */
export function readCrl(octets: Uint8Array, field = "crl"): ParsedCrl {
  const der = derOf(octets, field);
  const document = new DerCursor(der, field);
  document.next("CRL", TAG.sequence).finish("CRL");
  const outer = document.inside();
  outer.next("list of revoked certificates", TAG.sequence);
  const list = outer.inside();
  const tbs = outer.der;
  const algorithm = outer.next("signature algorithm", TAG.sequence).tree(PART_LIMITS);
  const signature = outer.next("signature", TAG.bitString).tree(PART_LIMITS).octetsOfBitString("signature");
  outer.finish("CRL");
  const parts = readList(list, field);
  if (compareBytes(parts.innerAlgorithm, algorithm.der) !== 0) {
    throw malformed(
      field,
      "rfc5280.5.1.1.2",
      "The signature algorithm is not the one inside the signed part of the CRL.",
    );
  }
  const { issuer, scope } = parts;
  return {
    der,
    tbs,
    issuer: readName(issuer, "issuer"),
    issuerDer: issuer.der,
    thisUpdate: parts.thisUpdate,
    nextUpdate: parts.nextUpdate,
    number: parts.number,
    authorityKeyIdentifier: parts.authorityKeyIdentifier,
    isDelta: parts.isDelta,
    isPartial: scope !== null,
    scope,
    signatureAlgorithmOid: algorithmOid(algorithm, "signature algorithm"),
    signatureAlgorithm: readSignatureAlgorithm(algorithm, "signature algorithm"),
    signature,
    entries: () => readCrlEntries(new DerCursor(der, field, parts.entries.start, parts.entries.end), field),
  };
}

function derOf(octets: Uint8Array, field: string): Uint8Array {
  const isPem = looksLikePem(octets);
  if (octets.length > (isPem ? PEM_OCTETS_MAX : OCTETS_MAX)) {
    throw tooLarge(field, "crl.size", `The ${field} is larger than ${OCTETS_MAX >> 20} MB.`);
  }
  if (!isPem) return octets;
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
  const [block] = decodePem(text, { field, maxBlocks: 1, allowComments: true });
  if (block === undefined || block.label !== "X509 CRL") {
    throw malformed(
      field,
      "rfc7468.6",
      `The ${field} is a PEM block ${block?.label} where X509 CRL belongs.`,
    );
  }
  return block.der;
}

/** The members of TBSCertList (RFC 5280 §5.1.2). */
function readList(list: DerCursor, field: string) {
  let hasVersion = false;
  list.next("signature algorithm");
  if (list.tag === TAG.integer) {
    hasVersion = true;
    if (list.tree().smallInteger("version") !== 1) {
      throw malformed(field, "rfc5280.5.1.2.1", "The CRL has another version than 2.");
    }
    list.next("signature algorithm");
  }
  const innerAlgorithm = list.der;
  const issuer = list.next("issuer", TAG.sequence).tree(PART_LIMITS);
  const thisUpdate = list.next("thisUpdate").tree().time("thisUpdate");
  list.advance();
  let nextUpdate: Date | null = null;
  if (list.tag === TAG.utcTime || list.tag === TAG.generalizedTime) {
    nextUpdate = list.tree().time("nextUpdate");
    list.advance();
  }
  let entries = { start: 0, end: 0 };
  if (list.tag === TAG.sequence) {
    entries = { start: list.contentStart, end: list.end };
    list.advance();
  }
  let extensions: readonly Extension[] = [];
  if (list.tag === 0xa0 && hasVersion) {
    extensions = readCrlExtensions(list.tree(PART_LIMITS), field);
    list.advance();
  }
  if (list.tag !== 0) {
    throw malformed(field, "asn1.surplus", "The list of the CRL has members that do not belong there.");
  }
  return { innerAlgorithm, issuer, thisUpdate, nextUpdate, entries, ...factsOf(extensions, field) };
}

/** Critical or not, these are understood; issuerAltName and freshestCRL change nothing of what is revoked. */
const KNOWN: ReadonlySet<string> = new Set([
  OID.authorityKeyIdentifier,
  OID.crlNumber,
  OID.deltaCrlIndicator,
  OID.issuingDistributionPoint,
  OID.issuerAlternativeName,
  OID.freshestCrl,
]);

function readCrlExtensions(value: DerValue, field: string): Extension[] {
  const list = value.children[0];
  if (list === undefined || value.children.length > 1) {
    throw value.error("CRL", "has extensions that are not one list", "rfc5280.5.1.2.7");
  }
  const extensions = list.expect(TAG.sequence, "list of extensions").children.map(readExtension);
  const seen = new Set<string>();
  for (const { oid, name, critical } of extensions) {
    if (seen.has(oid)) {
      throw malformed(field, "rfc5280.4.2.duplicate", `The CRL has the extension ${name} twice.`);
    }
    seen.add(oid);
    if (critical && !KNOWN.has(oid)) {
      const detail = `The CRL has the critical extension ${name}, which is unknown here.`;
      throw malformed(field, "rfc5280.5.2", detail);
    }
  }
  return extensions;
}

function factsOf(extensions: readonly Extension[], field: string) {
  const contentOf = (oid: string) => {
    const found = extensions.find((extension) => extension.oid === oid);
    return found === undefined ? null : readDer(found.der, field, PART_LIMITS);
  };
  const number = contentOf(OID.crlNumber);
  const scope = contentOf(OID.issuingDistributionPoint);
  return {
    number: number === null ? null : crlNumber(number),
    authorityKeyIdentifier: extensionValue(extensions, "authorityKeyIdentifier")?.keyIdentifier ?? null,
    isDelta: contentOf(OID.deltaCrlIndicator) !== null,
    scope: scope === null ? null : readScope(scope),
  };
}

/** Not negative, 20 octets at most (RFC 5280 §5.2.3). */
function crlNumber(value: DerValue): bigint {
  const content = value.integer("CRL number");
  if ((content[0] as number) >= 0x80 || content.length > 20) {
    throw value.error("CRL number", "is negative or longer than 20 octets", "rfc5280.5.2.3");
  }
  return BigInt(`0x${toHex(content)}`);
}

/**
 * Whether the CRL was signed by the owner of a key. Whether that key may sign CRLs is not asked here.
 *
 * @param spki DER of the SubjectPublicKeyInfo of the CRL's issuer
 * @returns false also for algorithms we do not know and keys we cannot use
 */
export function verifyCrl(crl: ParsedCrl, spki: Uint8Array): boolean {
  if (crl.signatureAlgorithm === null) return false;
  try {
    return verifySignature(crl.signatureAlgorithm, spki, crl.tbs, crl.signature);
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** The same on the thread pool, for a CRL of any size. */
export async function verifyCrlOnPool(crl: ParsedCrl, spki: Uint8Array): Promise<boolean> {
  if (crl.signatureAlgorithm === null) return false;
  try {
    return await verifySignatureOnPool(crl.signatureAlgorithm, spki, crl.tbs, crl.signature);
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
