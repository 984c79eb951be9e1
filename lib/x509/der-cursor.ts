import { type DomainError, malformed } from "../errors.ts";
import { type DerLimits, type DerValue, readDer } from "./der-reader.ts";

/**
 * Steps through elements that stand one after the other without building a tree of them: for lists of
 * millions. Each element is checked as `readDer` checks it (one octet of tag, shortest definite length, not
 * longer than what it stands in), but nothing inside it.
 */
export class DerCursor {
  readonly bytes: Uint8Array;
  /** Of the element stepped to; 0 before the first and behind the last. */
  tag = 0;
  /** Where its tag, its content and whatever follows it begin. */
  start: number;
  contentStart: number;
  end: number;
  private readonly limit: number;
  private readonly field: string;

  /**
   * @param bytes the document; of it the octets from `start` to `limit`
   * @param field the input field that errors name
   */
  constructor(bytes: Uint8Array, field: string, start = 0, limit = bytes.length) {
    this.bytes = bytes;
    this.field = field;
    this.limit = limit;
    this.start = start;
    this.contentStart = start;
    this.end = start;
  }

  /** Steps to the next element. @returns false behind the last one @throws DomainError malformed */
  advance(): boolean {
    const { bytes, limit, end: start } = this;
    this.start = start;
    this.contentStart = start;
    this.tag = 0;
    if (start === limit) return false;
    if (limit - start < 2) throw this.truncated();
    const tag = bytes[start] as number;
    if (tag === 0 || (tag & 0x1f) === 0x1f) {
      throw malformed(this.field, "x690.tag", "X.509 has no ASN.1 tag 0 and none above 30.");
    }
    let at = start + 1;
    let length = bytes[at++] as number;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0) throw malformed(this.field, "x690.10.1", "DER allows only definite lengths.");
      if (octets > 4 || octets > limit - at) throw this.truncated();
      length = 0;
      for (let index = 0; index < octets; index++) length = length * 256 + (bytes[at++] as number);
      if (length < 0x80 || length < 256 ** (octets - 1)) {
        throw malformed(this.field, "x690.10.1", "A DER length is not in its shortest form.");
      }
    }
    if (length > limit - at) throw this.truncated();
    this.tag = tag;
    this.contentStart = at;
    this.end = at + length;
    return true;
  }

  /** Steps to the next element, which must be there, and have the tag if one is given. */
  next(what: string, tag?: number): this {
    if (!this.advance()) {
      throw malformed(this.field, "asn1.missing", `The ${this.field} ends where its ${what} belongs.`);
    }
    if (tag !== undefined && this.tag !== tag) {
      const [found, wanted] = [this.tag, tag].map((value) => `0x${value.toString(16).padStart(2, "0")}`);
      throw malformed(
        this.field,
        "x690.tag",
        `The ${what} has the ASN.1 tag ${found} where ${wanted} belongs.`,
      );
    }
    return this;
  }

  /** A cursor over what is inside the element stepped to. */
  inside(): DerCursor {
    return new DerCursor(this.bytes, this.field, this.contentStart, this.end);
  }

  /** Nothing may follow. */
  finish(what: string): void {
    if (this.end !== this.limit) {
      throw malformed(this.field, "asn1.surplus", `The ${what} has members that do not belong there.`);
    }
  }

  /** Tag, length and content: a view, not a copy. */
  get der(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** The content octets: a view, not a copy. */
  get content(): Uint8Array {
    return this.bytes.subarray(this.contentStart, this.end);
  }

  /** The element with everything inside it. @throws DomainError malformed, tooLarge beyond the limits */
  tree(limits: Partial<DerLimits> = {}): DerValue {
    return readDer(this.der, this.field, limits);
  }

  private truncated(): DomainError {
    return malformed(this.field, "x690.truncated", "The DER structure ends too early.");
  }
}
