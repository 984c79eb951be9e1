import { DomainError, malformed } from "../errors.ts";
import { decodeOid } from "./der-oid.ts";
import { decodeLatin1, decodeText } from "./der-text.ts";
import { decodeLooseTime, decodeTime } from "./der-time.ts";
import { TAG } from "./der-writer.ts";
import { tooLarge } from "./too-large.ts";

/** What one document may cost to read. */
export interface DerLimits {
  /** Octets of the whole document. */
  maxBytes: number;
  /** Elements inside elements. */
  maxDepth: number;
  /** Elements in all. */
  maxNodes: number;
}

/** Roomy for certificates (an ML-DSA-87 chain member has 8 KB and some 150 elements). */
const DEFAULT_LIMITS: DerLimits = { maxBytes: 1 << 20, maxDepth: 24, maxNodes: 10_000 };

/** What is wrong with a document that can be read all the same. */
export interface Defect {
  rule: string;
  /** One sentence. */
  detail: string;
}

/** More would tell nobody more. */
const DEFECTS_MAX = 50;

interface Reading {
  readonly bytes: Uint8Array;
  readonly field: string;
  readonly maxDepth: number;
  nodesLeft: number;
  /** Where a tolerant reading notes what a strict one refuses; null: strict. */
  readonly defects: Defect[] | null;
}

const NO_CHILDREN: readonly DerValue[] = [];

/**
 * One DER element and, when it is constructed, its children. The whole tree has been checked on reading:
 * definite minimal lengths, single-octet tags, no element longer than its parent. Accessors check the
 * content of the type they are asked for, and throw DomainError malformed naming the input field; those
 * that can make sense of wrong content do so in a tolerant reading, and note the defect.
 */
export class DerValue {
  readonly tag: number;
  readonly children: readonly DerValue[];
  private readonly reading: Reading;
  private readonly start: number;
  private readonly contentStart: number;
  private readonly end: number;

  constructor(
    reading: Reading,
    tag: number,
    start: number,
    contentStart: number,
    end: number,
    children: readonly DerValue[],
  ) {
    this.reading = reading;
    this.tag = tag;
    this.start = start;
    this.contentStart = contentStart;
    this.end = end;
    this.children = children;
  }

  /** Tag, length and content: a view, not a copy. */
  get der(): Uint8Array {
    return this.reading.bytes.subarray(this.start, this.end);
  }

  /** Octets of tag, length and content. */
  get size(): number {
    return this.end - this.start;
  }

  /** The content octets: a view, not a copy. */
  get content(): Uint8Array {
    return this.reading.bytes.subarray(this.contentStart, this.end);
  }

  /** The input field this element came from, for errors. */
  get field(): string {
    return this.reading.field;
  }

  /** The error that says what is wrong with this element. */
  error(what: string, problem: string, rule = "x690.type"): DomainError {
    return malformed(this.reading.field, rule, `The ${what} ${problem}.`);
  }

  /** Whether defects are noted instead of refused. */
  get isTolerant(): boolean {
    return this.reading.defects !== null;
  }

  /** Reports a defect after which a tolerant reading goes on. @throws DomainError malformed in a strict one */
  breach(what: string, problem: string, rule?: string): void {
    this.forgive(this.error(what, problem, rule));
  }

  /** The same for an error that was caught. */
  forgive(error: unknown): void {
    const { defects } = this.reading;
    if (defects === null || !(error instanceof DomainError)) throw error;
    if (defects.length === DEFECTS_MAX) return;
    defects.push({ rule: error.violations[0]?.rule ?? "x690.type", detail: error.message });
  }

  /** This element, when it has the tag. */
  expect(tag: number, what: string): this {
    if (this.tag !== tag) {
      throw this.error(what, `has the ASN.1 tag 0x${hex(this.tag)} where 0x${hex(tag)} belongs`, "x690.tag");
    }
    return this;
  }

  /** The members of a SEQUENCE, to be taken one after the other. */
  fields(what: string, tag: number = TAG.sequence): DerFields {
    return new DerFields(this.expect(tag, what), what);
  }

  oid(what: string): string {
    const text = decodeOid(this.expect(TAG.oid, what).content);
    if (text === null) throw this.error(what, "is not a valid object identifier", "x690.8.19");
    return text;
  }

  /** The content octets of an INTEGER: two's complement, minimal (X.690 §8.3.2). */
  integer(what: string): Uint8Array {
    return this.expect(TAG.integer, what).integerContent(what);
  }

  /** The same for an implicitly tagged INTEGER. */
  integerContent(what: string): Uint8Array {
    const content = this.content;
    if (content.length === 0) {
      this.breach(what, "is an integer without octets", "x690.8.3");
      return Uint8Array.of(0);
    }
    if (content.length > 1) {
      const [first, second] = content as unknown as [number, number];
      if ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)) {
        this.breach(what, "has a superfluous leading octet", "x690.8.3.2");
      }
    }
    return content;
  }

  /** An INTEGER between 0 and 2^31 - 1. */
  smallInteger(what: string, tag: number = TAG.integer): number {
    const content = this.expect(tag, what).integerContent(what);
    if ((content[0] as number) >= 0x80) throw this.error(what, "is negative", "x690.range");
    if (content.length > 4) throw this.error(what, "is too large", "x690.range");
    let value = 0;
    for (const octet of content) value = value * 256 + octet;
    return value;
  }

  boolean(what: string, tag: number = TAG.boolean): boolean {
    const content = this.expect(tag, what).content;
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) {
      this.breach(what, "is a boolean other than 00 or FF", "x690.11.1");
    }
    return content.some((octet) => octet !== 0);
  }

  octetString(what: string): Uint8Array {
    return this.expect(TAG.octetString, what).content;
  }

  bitString(what: string, tag: number = TAG.bitString): { bytes: Uint8Array; unusedBits: number } {
    const content = this.expect(tag, what).content;
    const unusedBits = content[0] ?? 8;
    const last = content.length > 1 ? (content[content.length - 1] as number) : 0;
    if (
      unusedBits > 7 ||
      (content.length === 1 && unusedBits > 0) ||
      (last & ((1 << unusedBits) - 1)) !== 0
    ) {
      this.breach(what, "is a bit string with wrong unused bits", "x690.11.2");
    }
    return { bytes: content.subarray(1), unusedBits };
  }

  /** A BIT STRING of whole octets: keys and signatures. */
  octetsOfBitString(what: string): Uint8Array {
    const { bytes, unusedBits } = this.bitString(what);
    if (unusedBits !== 0) this.breach(what, "is not a whole number of octets");
    return bytes;
  }

  /** A character string of any of the types that names use. */
  text(what: string): string {
    const text = decodeText(this.tag, this.content);
    if (text !== null) return text;
    this.breach(what, "is not valid text of its string type", "x690.string");
    return decodeLatin1(this.content);
  }

  /** IA5String content, whatever its (implicit) tag. */
  ia5(what: string): string {
    const text = decodeText(TAG.ia5String, this.content);
    if (text !== null) return text;
    this.breach(what, "has characters outside ASCII", "rfc5280.ia5string");
    return decodeLatin1(this.content);
  }

  /** UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 allows them: seconds, Z, no fractions. */
  time(what: string): Date {
    const date = decodeTime(this.tag, this.content);
    if (date !== null) return date;
    const loose = decodeLooseTime(this.tag, this.content);
    const error = this.error(what, "is not YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ in UTC", "rfc5280.4.1.2.5");
    if (loose === null) throw error;
    this.forgive(error);
    return loose;
  }
}

/** The members of one constructed element, taken in order. */
export class DerFields {
  private readonly parent: DerValue;
  private readonly what: string;
  private at = 0;

  constructor(parent: DerValue, what: string) {
    this.parent = parent;
    this.what = what;
  }

  /** The next member, which must be there. */
  next(what: string): DerValue {
    const value = this.parent.children[this.at];
    if (value === undefined)
      throw this.parent.error(this.what, `ends where its ${what} belongs`, "asn1.missing");
    this.at++;
    return value;
  }

  /** The next member when it has the tag. */
  optional(tag: number): DerValue | undefined {
    const value = this.parent.children[this.at];
    if (value === undefined || value.tag !== tag) return undefined;
    this.at++;
    return value;
  }

  /** Whatever is left. */
  rest(): readonly DerValue[] {
    const rest = this.parent.children.slice(this.at);
    this.at = this.parent.children.length;
    return rest;
  }

  /** Nothing may follow. */
  end(): void {
    if (this.at !== this.parent.children.length) {
      this.parent.breach(this.what, "has members that do not belong there", "asn1.surplus");
    }
  }
}

/**
 * Reads one DER document completely; nothing may follow it.
 *
 * @param bytes the document
 * @param field the input field that errors name
 * @param options bounds other than the defaults (1 MiB, 24 deep, 10,000 elements); `defects`: the list in
 *   which a tolerant reading notes what it reads over
 * @throws DomainError tooLarge beyond a bound, malformed when it is not DER (X.690)
 */
export function readDer(
  bytes: Uint8Array,
  field: string,
  options: Partial<DerLimits> & { defects?: Defect[] } = {},
): DerValue {
  const { maxBytes, maxDepth, maxNodes, defects = null } = { ...DEFAULT_LIMITS, ...options };
  if (bytes.length > maxBytes)
    throw tooLarge(field, "der.size", `The ${field} has more than ${maxBytes} bytes.`);
  const reading = { bytes, field, maxDepth, nodesLeft: maxNodes, defects };
  const value = readElement(reading, 0, bytes.length, 0);
  if (value.size !== bytes.length) {
    throw malformed(field, "x690.trailing", "There is data after the end of the DER structure.");
  }
  return value;
}

function readElement(reading: Reading, start: number, limit: number, depth: number): DerValue {
  const { bytes, field } = reading;
  if (--reading.nodesLeft < 0)
    throw tooLarge(field, "der.nodes", `The ${field} has too many ASN.1 elements.`);
  if (limit - start < 2) throw malformed(field, "x690.truncated", "The DER structure ends too early.");
  const tag = bytes[start] as number;
  if ((tag & 0x1f) === 0x1f) throw malformed(field, "x690.tag", "X.509 has no ASN.1 tags above 30.");
  if (tag === 0)
    throw malformed(field, "x690.tag", "The DER structure has an element with the reserved tag 0.");
  let at = start + 1;
  let length = bytes[at++] as number;
  if (length >= 0x80) {
    const octets = length & 0x7f;
    if (octets === 0) throw malformed(field, "x690.10.1", "DER allows only definite lengths.");
    if (octets > 4 || octets > limit - at)
      throw malformed(field, "x690.truncated", "The DER structure ends too early.");
    length = 0;
    for (let index = 0; index < octets; index++) length = length * 256 + (bytes[at++] as number);
    if (length < 0x80 || length < 256 ** (octets - 1)) {
      const error = malformed(field, "x690.10.1", "A DER length is not in its shortest form.");
      if (reading.defects === null) throw error;
      if (reading.defects.length < DEFECTS_MAX) {
        reading.defects.push({ rule: "x690.10.1", detail: error.message });
      }
    }
  }
  const end = at + length;
  if (end > limit) throw malformed(field, "x690.truncated", "The DER structure ends too early.");
  checkConstructedBit(tag, field);
  if ((tag & 0x20) === 0) return new DerValue(reading, tag, start, at, end, NO_CHILDREN);
  if (depth >= reading.maxDepth)
    throw tooLarge(
      field,
      "der.depth",
      `The ${field} has ASN.1 elements nested deeper than ${reading.maxDepth}.`,
    );
  const children: DerValue[] = [];
  const contentStart = at;
  while (at < end) {
    const child = readElement(reading, at, end, depth + 1);
    children.push(child);
    at += child.size;
  }
  return new DerValue(reading, tag, start, contentStart, end, children);
}

/** SEQUENCE and SET are constructed, every other universal type is primitive in DER (X.690 §10.2). */
function checkConstructedBit(tag: number, field: string): void {
  if (tag >= 0x40) return;
  const structured = (tag & 0x1f) === 0x10 || (tag & 0x1f) === 0x11;
  if (structured !== ((tag & 0x20) !== 0)) {
    throw malformed(field, "x690.10.2", `The ASN.1 tag 0x${hex(tag)} has the wrong form for DER.`);
  }
}

function hex(tag: number): string {
  return tag.toString(16).padStart(2, "0");
}
