import { decodeBase64 } from "./base64.ts";

/** A block of PEM as it was found, sound or not. */
export interface FoundPemBlock {
  label: string;
  /** From the BEGIN line to the END line; without one up to the next block, whatever that is. */
  octets: Uint8Array;
  /** Whether its END line was found. */
  isClosed: boolean;
  /** Null when it cannot be decoded: then `problem` says why. */
  der: Uint8Array | null;
  /** One sentence. */
  problem: string;
}

const BEGIN = "-----BEGIN ";
const DASHES = "-----";
const LABEL_MAX = 64;

/**
 * The blocks of PEM in whatever text, one after the other; a broken one hides none of the others. What
 * stands between them (comments, the attributes that OpenSSL writes) is passed over, and so are the headers
 * of the old encrypted form. Linear in the length of the text.
 */
export function* pemBlocks(octets: Uint8Array): Generator<FoundPemBlock, void, undefined> {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  let begin = buffer.indexOf(BEGIN);
  while (begin >= 0) {
    const next = buffer.indexOf(BEGIN, begin + BEGIN.length);
    yield blockIn(next < 0 ? buffer.subarray(begin) : buffer.subarray(begin, next));
    begin = next;
  }
}

/** @param octets from one BEGIN up to the next: nothing is looked for further, so that the whole stays linear */
function blockIn(octets: Buffer): FoundPemBlock {
  const head = octets.toString("latin1", BEGIN.length, BEGIN.length + LABEL_MAX + DASHES.length);
  const label = head.slice(0, Math.max(0, head.indexOf(DASHES)));
  if (!/^[A-Z0-9][A-Z0-9 .#/-]*$/.test(label)) return broken(octets, "", false, "Its BEGIN line is broken.");
  const bodyStart = BEGIN.length + label.length + DASHES.length;
  const endMarker = `-----END ${label}-----`;
  const end = octets.indexOf(endMarker, bodyStart);
  if (end < 0) return broken(octets, label, false, "Its END line is missing.");
  const der = decodeBody(octets.toString("latin1", bodyStart, end));
  const block = octets.subarray(0, end + endMarker.length);
  if (der === null) return broken(block, label, true, "Its content is not base64.");
  return { label, octets: block, isClosed: true, der, problem: "" };
}

function broken(octets: Uint8Array, label: string, isClosed: boolean, problem: string): FoundPemBlock {
  return { label, octets, isClosed, der: null, problem };
}

/** Base64, after the headers of RFC 1421 when there are some. */
function decodeBody(text: string): Uint8Array | null {
  const blank = text.includes(":") ? /\r?\n[ \t]*\r?\n/.exec(text) : null;
  const der = decodeBase64(text, blank === null ? 0 : blank.index + blank[0].length);
  return der === null || der.length === 0 ? null : der;
}
