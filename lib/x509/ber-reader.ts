import { type DomainError, malformed } from "../errors.ts";
import { type DerLimits, type DerValue, readDer } from "./der-reader.ts";
import { type DerNode, element, encodeDer, TAG } from "./der-writer.ts";
import { tooLarge } from "./too-large.ts";

const DEFAULT_LIMITS: DerLimits = { maxBytes: 1 << 20, maxDepth: 24, maxNodes: 10_000 };

/** An OCTET STRING in pieces, which only BER has. */
const CONSTRUCTED_OCTET_STRING = TAG.octetString | 0x20;

interface Cursor {
  readonly bytes: Uint8Array;
  readonly field: string;
  readonly maxDepth: number;
  at: number;
  left: number;
}

/**
 * Reads a BER document as if it had been DER: indefinite and long lengths become definite and short,
 * OCTET STRINGs in pieces become one (X.690 §8.1.3, §8.7.3). Only for PKCS#12, which NSS and old Windows
 * write so; everything that is signed must be DER as it stands.
 *
 * @param limits bounds other than those of `readDer`
 * @throws DomainError malformed or tooLarge, as `readDer` does
 */
export function readBer(bytes: Uint8Array, field: string, limits: Partial<DerLimits> = {}): DerValue {
  const { maxBytes, maxDepth, maxNodes } = { ...DEFAULT_LIMITS, ...limits };
  if (bytes.length > maxBytes)
    throw tooLarge(field, "der.size", `The ${field} has more than ${maxBytes} bytes.`);
  const cursor = { bytes, field, maxDepth, at: 0, left: maxNodes };
  const node = convert(cursor, bytes.length, 0);
  if (cursor.at !== bytes.length) {
    throw malformed(field, "x690.trailing", "There is data after the end of the BER structure.");
  }
  return readDer(encodeDer(node), field, { maxBytes, maxDepth, maxNodes });
}

function convert(cursor: Cursor, limit: number, depth: number): DerNode {
  if (depth > cursor.maxDepth)
    throw tooLarge(
      cursor.field,
      "der.depth",
      `The ${cursor.field} has ASN.1 elements nested deeper than ${cursor.maxDepth}.`,
    );
  if (--cursor.left < 0)
    throw tooLarge(cursor.field, "der.nodes", `The ${cursor.field} has too many ASN.1 elements.`);
  const tag = octet(cursor, limit);
  const length = readLength(cursor, limit);
  if ((tag & 0x20) === 0) {
    if (length === null) throw truncated(cursor);
    const content = cursor.bytes.subarray(cursor.at, cursor.at + length);
    cursor.at += length;
    return element(tag, content);
  }
  const children = convertChildren(
    cursor,
    length === null ? limit : cursor.at + length,
    length === null,
    depth,
  );
  return tag === CONSTRUCTED_OCTET_STRING ? joined(cursor, children) : element(tag, children);
}

function convertChildren(cursor: Cursor, end: number, indefinite: boolean, depth: number): DerNode[] {
  const children: DerNode[] = [];
  for (;;) {
    if (!indefinite && cursor.at === end) return children;
    if (
      indefinite &&
      cursor.bytes[cursor.at] === 0 &&
      cursor.bytes[cursor.at + 1] === 0 &&
      cursor.at + 2 <= end
    ) {
      cursor.at += 2;
      return children;
    }
    children.push(convert(cursor, end, depth + 1));
  }
}

/** The length octets; null for the indefinite form. */
function readLength(cursor: Cursor, limit: number): number | null {
  const first = octet(cursor, limit);
  if (first === 0x80) return null;
  let length = first;
  if (first > 0x80) {
    if (first > 0x84) throw truncated(cursor);
    length = 0;
    for (let count = first & 0x7f; count > 0; count--) length = length * 256 + octet(cursor, limit);
  }
  if (length > limit - cursor.at) throw truncated(cursor);
  return length;
}

function octet(cursor: Cursor, limit: number): number {
  if (cursor.at >= limit) throw truncated(cursor);
  return cursor.bytes[cursor.at++] as number;
}

/** The pieces are primitive by now, as pieces in pieces have been joined before. */
function joined(cursor: Cursor, pieces: readonly DerNode[]): DerNode {
  const octets = pieces.map((piece) =>
    readDer(encodeDer(piece), cursor.field, { maxBytes: cursor.bytes.length + 16 }).octetString("piece"),
  );
  return element(TAG.octetString, new Uint8Array(Buffer.concat(octets)));
}

function truncated({ field }: Cursor): DomainError {
  return malformed(field, "x690.truncated", "The BER structure ends too early.");
}
