/** A message of a stream of syslog. */
export interface SyslogFrame {
  /** In UTF-8; what is none of it has been replaced. */
  text: string;
  /** It was longer than is kept, or the connection ended in it. */
  cut: boolean;
}

/**
 * Finds the messages in a stream of syslog over TCP (RFC 6587 §3.4), of which senders know two ways: each message has
 * its length before it (octet counting), or a line end behind it. A sender may use either at any time: what begins
 * with a length and `<` is counted. Takes in what comes in pieces of any size, in time proportional to it, and holds
 * no more than one message of the longest size.
 */
export class SyslogFraming {
  readonly #bytesMax: number;
  #held = new Uint8Array(1_024);
  #length = 0;
  /** How much of a counted message has yet to come; null between messages, and in one that ends with its line. */
  #remaining: number | null = null;
  /** More came than is kept. */
  #overflow = false;

  /** @param bytesMax of a message; what is beyond is dropped */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether a message has begun and not come to its end. */
  get isWithin(): boolean {
    return this.#length > 0 || this.#remaining !== null;
  }

  /** @returns the messages that end in this piece */
  push(piece: Uint8Array): SyslogFrame[] {
    const frames: SyslogFrame[] = [];
    let at = 0;
    while (at < piece.length) {
      at =
        this.#remaining === null ? this.#takeLine(piece, at, frames) : this.#takeCounted(piece, at, frames);
    }
    return frames;
  }

  /** The connection has ended. @returns what of a last message came */
  end(): SyslogFrame[] {
    const frames: SyslogFrame[] = [];
    if (this.#remaining !== null) this.#overflow = true;
    this.#finish(frames);
    return frames;
  }

  #takeCounted(piece: Uint8Array, start: number, frames: SyslogFrame[]): number {
    const remaining = this.#remaining ?? 0;
    const end = Math.min(piece.length, start + remaining);
    this.#keep(piece.subarray(start, end));
    this.#remaining = remaining - (end - start);
    if (this.#remaining === 0) this.#finish(frames);
    return end;
  }

  /** Up to a line end, or to where what is held turns out to be a length. */
  #takeLine(piece: Uint8Array, start: number, frames: SyslogFrame[]): number {
    const first = piece[start] ?? 0;
    if (first === LESS_THAN && this.#startCounted()) return start;
    if (this.#mayBeLength() && (isDigit(first) || first === BLANK)) {
      this.#keep(piece.subarray(start, start + 1));
      return start + 1;
    }
    const found = piece.indexOf(LINE_FEED, start);
    const end = found < 0 ? piece.length : found;
    this.#keep(piece.subarray(start, end));
    if (found < 0) return end;
    this.#finish(frames);
    return end + 1;
  }

  /** Whether nothing else is held than what could be the length of a message. */
  #mayBeLength(): boolean {
    return this.#length <= LENGTH_DIGITS_MAX && this.#held.subarray(0, this.#length).every(isDigit);
  }

  /** MSG-LEN and SP have come, and `<` follows: RFC 6587 §3.4.1. */
  #startCounted(): boolean {
    if (this.#length < 2 || this.#length > LENGTH_DIGITS_MAX + 1) return false;
    const length = MSG_LEN.exec(DECODER.decode(this.#held.subarray(0, this.#length)))?.[1];
    if (length === undefined) return false;
    this.#length = 0;
    this.#remaining = Number(length);
    return true;
  }

  #keep(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, Math.max(0, this.#bytesMax - this.#length));
    if (kept.length < bytes.length) this.#overflow = true;
    const length = this.#length + kept.length;
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.min(this.#bytesMax, Math.max(length, 2 * this.#held.length)));
      larger.set(this.#held.subarray(0, this.#length));
      this.#held = larger;
    }
    this.#held.set(kept, this.#length);
    this.#length = length;
  }

  /** Senders that count often end their messages with a line end as well, and some with a zero byte. */
  #finish(frames: SyslogFrame[]): void {
    const text = DECODER.decode(this.#held.subarray(0, this.#length)).replace(TRAILER, "");
    if (text !== "") frames.push({ text, cut: this.#overflow });
    this.#length = 0;
    this.#remaining = null;
    this.#overflow = false;
  }
}

const LINE_FEED = 0x0a;
const BLANK = 0x20;
const LESS_THAN = 0x3c;

/** Seven digits are ten megabytes: nothing that is longer is a message. */
const LENGTH_DIGITS_MAX = 7;
const MSG_LEN = /^([1-9]\d*) $/;
const TRAILER = /[\r\n\0]{1,3}$/;
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
