import { DomainError, malformed } from "../errors.ts";
import { type BerElement, berElements, firstBerElement } from "./ber-walker.ts";
import { decodeOid } from "./der-oid.ts";
import { TAG } from "./der-writer.ts";
import { OID } from "./oids.ts";

/** What a PKCS#7 file holds. */
export interface Pkcs7Content {
  /** Certificates in their order, octet for octet. */
  certificates: Uint8Array[];
  /** Attribute certificates and the like, which are no certificates of X.509. */
  otherCertificates: number;
  crls: number;
  /** Why it was not read to its end, as a sentence; null when it was. */
  incomplete: string | null;
}

const CUT = "The PKCS#7 file is cut off or damaged; only what stands before that place was read.";

/**
 * The certificates in a SignedData, a `.p7b` (RFC 5652 §5.1). Signatures are not looked at: whom a
 * certificate is trusted by is decided by what is known of it. Of a file that was cut off, the certificates
 * before the cut are read.
 *
 * @param field the input field that errors name
 * @throws DomainError malformed when it is no SignedData
 */
export function decodePkcs7(octets: Uint8Array, field = "PKCS#7 file"): Pkcs7Content {
  const outer = firstBerElement(octets, field);
  const [type, explicit] = whole(outer, field);
  const signedData = explicit === undefined ? undefined : whole(explicit, field)[0];
  if (type === undefined || decodeOid(type.content) !== OID.signedData || signedData === undefined) {
    throw malformed(field, "rfc5652.5.1", `The ${field} is not a SignedData with certificates.`);
  }
  const content: Pkcs7Content = { certificates: [], otherCertificates: 0, crls: 0, incomplete: null };
  // A length inside may say more than there is, though the outermost is right.
  if (outer.cut || explicit?.cut || signedData.cut) content.incomplete = CUT;
  try {
    for (const member of berElements(signedData.content, field)) {
      if (member.cut) content.incomplete = CUT;
      if (member.tag === 0xa0) readCertificates(member, field, content);
      else if (member.tag === 0xa1) content.crls = whole(member, field).length;
    }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    content.incomplete = CUT;
  }
  return content;
}

function readCertificates(list: BerElement, field: string, content: Pkcs7Content): void {
  for (const { tag, octets, cut } of berElements(list.content, field)) {
    if (cut) content.incomplete = CUT;
    else if (tag === TAG.sequence) content.certificates.push(octets);
    else content.otherCertificates++;
  }
}

/** The members of an element; only the last may be cut off. */
function whole(element: BerElement, field: string): BerElement[] {
  return [...berElements(element.content, field)];
}
