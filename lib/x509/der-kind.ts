import { DomainError } from "../errors.ts";
import { type BerElement, berElements } from "./ber-walker.ts";
import { decodeOid } from "./der-oid.ts";
import { TAG } from "./der-writer.ts";
import { OID } from "./oids.ts";

/** What a DER or BER document seems to be, by its outermost elements. */
export type DerKind =
  | "certificate"
  | "crl"
  | "request"
  | "pkcs7"
  | "pkcs12"
  | "private-key"
  | "public-key"
  | "unknown";

/** Members looked at, outside and inside the first. */
const LOOKED_AT = 6;

/** Tells apart what files of certificates and keys hold; content is judged by its reader. */
export function derKind(element: BerElement): DerKind {
  if (element.tag !== TAG.sequence) return "unknown";
  const members = membersOf(element);
  const [first, second, third] = members;
  const tags = tagsOf(members);
  if (first === undefined) return "unknown";
  // Cut off in its first member: most likely a certificate, whose first is by far its longest.
  if (element.cut && second === undefined && first.tag === TAG.sequence) {
    return signedKind(tagsOf(membersOf(first)));
  }
  if (second === undefined) return "unknown";
  if (first.tag === TAG.oid) {
    return decodeOid(first.content) === OID.signedData ? "pkcs7" : "unknown";
  }
  if (first.tag === TAG.integer) return integerFirst(first, tags);
  if (first.tag !== TAG.sequence) return "unknown";
  if (second.tag === TAG.sequence && (third === undefined || third.tag === TAG.bitString)) {
    return signedKind(tagsOf(membersOf(first)));
  }
  // AlgorithmIdentifier and octets: an encrypted key (RFC 5958 §3) or a public one (RFC 5280 §4.1).
  if (second.tag === TAG.octetString) return "private-key";
  return second.tag === TAG.bitString ? "public-key" : "unknown";
}

/** PFX (RFC 7292 §4), PrivateKeyInfo, and the older forms of RSA and EC keys. */
function integerFirst(version: BerElement, tags: readonly number[]): DerKind {
  const second = tags[1];
  if (version.content.length === 1 && version.content[0] === 3 && second === TAG.sequence) return "pkcs12";
  if (second === TAG.sequence || second === TAG.octetString) return "private-key";
  if (second === TAG.integer) return tags.length > 2 ? "private-key" : "public-key";
  return "unknown";
}

/** What is signed, by the tags of its members: certificate, request (RFC 2986 §4.1) or CRL (RFC 5280 §5.1). */
function signedKind(tags: readonly number[]): DerKind {
  const isTime = (tag: number | undefined) => tag === TAG.utcTime || tag === TAG.generalizedTime;
  const behind = tags[0] === TAG.integer ? tags.slice(1) : tags;
  if (behind[0] === TAG.sequence && behind[1] === TAG.sequence && isTime(behind[2])) return "crl";
  const isRequest = tags[0] === TAG.integer && (tags.length === 3 || tags[3] === 0xa0);
  return isRequest ? "request" : "certificate";
}

function membersOf(element: BerElement): BerElement[] {
  const members: BerElement[] = [];
  try {
    for (const member of berElements(element.content, "file")) {
      members.push(member);
      if (members.length === LOOKED_AT) break;
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
  return members;
}

function tagsOf(members: readonly BerElement[]): number[] {
  return members.map(({ tag }) => tag);
}
