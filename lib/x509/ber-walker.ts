import { malformed } from "../errors.ts";

/** One element of a BER document; its octets are views of the document. */
export interface BerElement {
  tag: number;
  /** Tag, length and content, as they stand. */
  octets: Uint8Array;
  /** Without the end-of-contents octets of the indefinite form. */
  content: Uint8Array;
  /** The document ends before the element does. */
  cut: boolean;
}

/** Indefinite lengths inside each other: each level is walked anew. */
const MAX_DEPTH = 24;

/**
 * The elements that stand one after the other in some octets, without looking into them: so containers of
 * any size are opened, and what they hold keeps its octets. Both length forms of BER (X.690 §8.1.3).
 *
 * @param field the input field that errors name
 * @throws DomainError malformed, when it comes to octets that are no element
 */
export function* berElements(octets: Uint8Array, field: string): Generator<BerElement, void, undefined> {
  for (let at = 0; at < octets.length; ) {
    const element = elementAt(octets, at, field, 0);
    yield element;
    at += element.octets.length;
  }
}

/** The element at the beginning of some octets, whatever follows it. @throws DomainError malformed */
export function firstBerElement(octets: Uint8Array, field: string): BerElement {
  return elementAt(octets, 0, field, 0);
}

function elementAt(octets: Uint8Array, start: number, field: string, depth: number): BerElement {
  const tag = octets[start] ?? 0;
  const first = octets[start + 1];
  if ((tag & 0x1f) === 0x1f || tag === 0) {
    throw malformed(field, "x690.tag", `The ${field} has something in it that is no ASN.1 of X.509.`);
  }
  if (first === 0x80) return indefiniteAt(octets, start, field, depth);
  const lengthOctets = first === undefined || first < 0x80 ? 0 : first & 0x7f;
  if (lengthOctets > 6) throw malformed(field, "x690.length", `The ${field} has an absurd ASN.1 length.`);
  const contentStart = start + 2 + lengthOctets;
  if (first === undefined || contentStart > octets.length) {
    return { tag, octets: octets.subarray(start), content: octets.subarray(octets.length), cut: true };
  }
  let length = first < 0x80 ? first : 0;
  for (let at = start + 2; at < contentStart; at++) length = length * 256 + (octets[at] as number);
  const end = contentStart + length;
  const cut = end > octets.length;
  return { tag, octets: octets.subarray(start, end), content: octets.subarray(contentStart, end), cut };
}

function indefiniteAt(octets: Uint8Array, start: number, field: string, depth: number): BerElement {
  const tag = octets[start] as number;
  if ((tag & 0x20) === 0 || depth === MAX_DEPTH) {
    throw malformed(field, "x690.8.1.3", `The ${field} has an indefinite ASN.1 length where none belongs.`);
  }
  const contentStart = start + 2;
  let at = contentStart;
  while (at < octets.length && (octets[at] !== 0 || octets[at + 1] !== 0)) {
    at += elementAt(octets, at, field, depth + 1).octets.length;
  }
  const cut = at + 2 > octets.length;
  return { tag, octets: octets.subarray(start, at + 2), content: octets.subarray(contentStart, at), cut };
}
