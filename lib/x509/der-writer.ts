/**
 * DER as a tree whose lengths are known when it is built, written in one pass into one buffer of the
 * right size (X.690 §8-10). A certificate of 700 bytes takes some 10 µs; @peculiar/x509 takes 3 ms.
 * Free of node: imports, so that the browser's code can use it.
 */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** An element still to be written, or bytes that are finished DER and go in as they are. */
export type DerNode = DerElement | Uint8Array;

/** A tag with its content: bytes, an ASCII string, or further nodes. */
class DerElement {
  readonly tag: number;
  readonly content: Uint8Array | string | readonly DerNode[];
  /** Octets of the content. */
  readonly length: number;
  /** Octets of tag, length and content. */
  readonly size: number;

  constructor(tag: number, content: Uint8Array | string | readonly DerNode[]) {
    let length = 0;
    if (typeof content === "string" || content instanceof Uint8Array) length = content.length;
    else for (const node of content) length += node instanceof Uint8Array ? node.length : node.size;
    this.tag = tag;
    this.content = content;
    this.length = length;
    this.size = length + 1 + lengthOctets(length);
  }
}

/** Octets of the length itself, in its shortest form (X.690 §10.1). Nothing we write has 2^32 octets. */
function lengthOctets(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x100) return 2;
  return length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5;
}

/** The finished bytes of a node. */
export function encodeDer(node: DerNode): Uint8Array<ArrayBuffer> {
  if (node instanceof Uint8Array) return new Uint8Array(node);
  const target = new Uint8Array(node.size);
  write(target, 0, node);
  return target;
}

/** Tag and length of an element whose content is so long that it is written elsewhere and not copied. */
export function derHeader(tag: number, length: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(1 + lengthOctets(length));
  writeHeader(header, 0, tag, length);
  return header;
}

function writeHeader(target: Uint8Array, start: number, tag: number, length: number): number {
  let at = start;
  target[at++] = tag;
  const octets = lengthOctets(length);
  // One octet says the length itself; of several the first says how many follow.
  if (octets > 1) target[at++] = 0x7f + octets;
  for (let shift = 8 * Math.max(octets - 2, 0); shift >= 0; shift -= 8)
    target[at++] = (length >>> shift) & 255;
  return at;
}

function write(target: Uint8Array, start: number, node: DerNode): number {
  if (node instanceof Uint8Array) return copy(target, start, node);
  const { content, length } = node;
  let at = writeHeader(target, start, node.tag, length);
  if (typeof content === "string") {
    for (let index = 0; index < length; index++) target[at + index] = content.charCodeAt(index);
    return at + length;
  }
  if (content instanceof Uint8Array) return copy(target, at, content);
  for (const child of content) at = write(target, at, child);
  return at;
}

/** Below some 48 bytes a loop is faster than the call of TypedArray.set. */
function copy(target: Uint8Array, start: number, bytes: Uint8Array): number {
  if (bytes.length > 48) target.set(bytes, start);
  else for (let index = 0; index < bytes.length; index++) target[start + index] = bytes[index] as number;
  return start + bytes.length;
}

/** An element with any tag: for implicit tags and for encapsulated values. */
export function element(tag: number, content: Uint8Array | string | readonly DerNode[]): DerNode {
  return new DerElement(tag, content);
}

export function sequence(...nodes: DerNode[]): DerNode {
  return new DerElement(TAG.sequence, nodes);
}

/** SET OF: DER puts the encodings in ascending order (X.690 §11.6). */
export function setOf(...nodes: DerNode[]): DerNode {
  if (nodes.length < 2) return new DerElement(TAG.set, nodes);
  return new DerElement(TAG.set, nodes.map(encodeDer).sort(compareBytes));
}

/** A context-specific constructed tag round other nodes: `[number] EXPLICIT`, or an implicit SEQUENCE. */
export function context(number: number, ...nodes: DerNode[]): DerNode {
  return new DerElement(0xa0 | number, nodes);
}

/** A context-specific primitive tag: `[number] IMPLICIT` of a primitive type. */
export function contextPrimitive(number: number, content: Uint8Array | string): DerNode {
  return new DerElement(0x80 | number, content);
}

/**
 * INTEGER, not negative, in the fewest octets (X.690 §8.3.2).
 *
 * @param value a whole number below 2^31, or the big-endian magnitude
 */
export function integer(value: number | Uint8Array): DerNode {
  if (typeof value === "number") {
    if (value >= 0 && value < 0x80) return Uint8Array.of(TAG.integer, 1, value);
    if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff)
      throw new TypeError(`not a small integer: ${value}`);
    return integer(Uint8Array.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255));
  }
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const magnitude = start === 0 ? value : value.subarray(start);
  if (magnitude.length === 0) return Uint8Array.of(TAG.integer, 1, 0);
  return new DerElement(TAG.integer, (magnitude[0] as number) < 0x80 ? magnitude : [ZERO, magnitude]);
}

const ZERO = Uint8Array.of(0);
const TRUE = Uint8Array.of(TAG.boolean, 1, 0xff);
const FALSE = Uint8Array.of(TAG.boolean, 1, 0);

/** NULL. */
export const NULL: DerNode = Uint8Array.of(TAG.null, 0);

export function boolean(value: boolean): DerNode {
  return value ? TRUE : FALSE;
}

/** OCTET STRING of bytes, or round the encoding of a node as extensions have it. */
export function octetString(content: DerNode): DerNode {
  return new DerElement(TAG.octetString, content instanceof Uint8Array ? content : [content]);
}

export function bitString(bytes: DerNode, unusedBits = 0): DerNode {
  return new DerElement(TAG.bitString, [unusedBits === 0 ? ZERO : Uint8Array.of(unusedBits), bytes]);
}

/** UTF8String. */
export function utf8String(text: string): DerNode {
  return textElement(TAG.utf8String, text);
}

/** A string element of UTF-8 octets; ASCII, the common case, needs no conversion. */
export function textElement(tag: number, text: string): DerNode {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return new DerElement(tag, new TextEncoder().encode(text));
  }
  return new DerElement(tag, text);
}

const oids = new Map<string, Uint8Array>();

/**
 * OBJECT IDENTIFIER, from its dotted text; encodings are kept, as the same few recur in every certificate.
 *
 * @throws TypeError when the text is not an object identifier: input is checked before it comes here
 */
export function oid(text: string): Uint8Array {
  const known = oids.get(text);
  if (known !== undefined) return known;
  const encoded = encodeDer(new DerElement(TAG.oid, oidContent(text)));
  // Bounded, because extended key usages and policies may come from outside.
  if (oids.size < 1000) oids.set(text, encoded);
  return encoded;
}

/** Whether the text is an object identifier in dotted form that we can write (X.690 §8.19). */
export function isOid(text: string): boolean {
  return (
    text.length <= 200 && /^(?:[01]\.[1-3]?\d|2\.(?:0|[1-9]\d{0,8}))(?:\.(?:0|[1-9]\d{0,38}))*$/.test(text)
  );
}

function oidContent(text: string): Uint8Array {
  if (!isOid(text)) throw new TypeError(`not an object identifier: ${text}`);
  const [first, second, ...rest] = text.split(".").map(BigInt) as [bigint, bigint, ...bigint[]];
  const octets: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const groups = [Number(arc & 127n)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.unshift(Number(left & 127n) | 0x80);
    octets.push(...groups);
  }
  return Uint8Array.from(octets);
}

/**
 * Time as certificates carry it: UTCTime until 2049, GeneralizedTime from 2050, whole seconds
 * (RFC 5280 §4.1.2.5).
 *
 * @throws TypeError when the date is invalid or outside the years 1950-9999
 */
export function time(date: Date): Uint8Array<ArrayBuffer> {
  const year = date.getUTCFullYear();
  if (!(year >= 1950 && year <= 9999)) throw new TypeError("the time must lie in the years 1950 to 9999");
  if (year >= 2050) return generalizedTime(date);
  const der = new Uint8Array(15);
  der[0] = TAG.utcTime;
  putTwo(der, 2, year % 100);
  return monthToSecond(der, 4, date);
}

/** GeneralizedTime in whole seconds, as OCSP uses it for every date (RFC 6960 §4.2.2.1). */
export function generalizedTime(date: Date): Uint8Array<ArrayBuffer> {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new TypeError("the time must lie in the years 0 to 9999");
  const der = new Uint8Array(17);
  der[0] = TAG.generalizedTime;
  putTwo(der, 2, Math.floor(year / 100));
  putTwo(der, 4, year % 100);
  return monthToSecond(der, 6, date);
}

/** Finishes an element of time from the month on. Digit by digit: a CRL may have a million of them. */
function monthToSecond(der: Uint8Array<ArrayBuffer>, at: number, date: Date): Uint8Array<ArrayBuffer> {
  der[1] = der.length - 2;
  putTwo(der, at, date.getUTCMonth() + 1);
  putTwo(der, at + 2, date.getUTCDate());
  putTwo(der, at + 4, date.getUTCHours());
  putTwo(der, at + 6, date.getUTCMinutes());
  putTwo(der, at + 8, date.getUTCSeconds());
  der[at + 10] = 0x5a;
  return der;
}

function putTwo(target: Uint8Array, at: number, value: number): void {
  target[at] = 0x30 + Math.floor(value / 10);
  target[at + 1] = 0x30 + (value % 10);
}

/** Bytewise order, as DER's SET OF wants it. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
