import { decodeBase64 } from "./base64.ts";

/** A block of PEM as it was found, sound or not. */
export interface FoundPemBlock {
  label: string;
  /** From the BEGIN line to the END line. */
  octets: Uint8Array;
  /** Null when it cannot be decoded: then `problem` says why. */
  der: Uint8Array | null;
  /** One sentence. */
  problem: string;
}

const BEGIN = "-----BEGIN ";
const DASHES = "-----";

/**
 * The blocks of PEM in whatever text, one after the other; a broken one hides none of the others. What
 * stands between them (comments, the attributes that OpenSSL writes) is passed over, and so are the headers
 * of the old encrypted form. Linear in the length of the text.
 */
export function* pemBlocks(octets: Uint8Array): Generator<FoundPemBlock, void, undefined> {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  let begin = buffer.indexOf(BEGIN);
  while (begin >= 0) {
    const labelStart = begin + BEGIN.length;
    const labelEnd = buffer.indexOf(DASHES, labelStart);
    const next = buffer.indexOf(BEGIN, labelStart);
    const label =
      labelEnd < 0 ? "" : buffer.toString("latin1", labelStart, Math.min(labelEnd, labelStart + 65));
    if (!/^[A-Z0-9][A-Z0-9 .#/-]{0,63}$/.test(label)) {
      yield broken(buffer.subarray(begin, next < 0 ? undefined : next), "", "Its BEGIN line is broken.");
      begin = next;
      continue;
    }
    const end = buffer.indexOf(`-----END ${label}-----`, labelEnd + DASHES.length);
    if (end < 0 || (next >= 0 && next < end)) {
      yield broken(buffer.subarray(begin, next < 0 ? undefined : next), label, "Its END line is missing.");
      begin = next;
      continue;
    }
    const after = end + `-----END ${label}-----`.length;
    const der = decodeBody(buffer.toString("latin1", labelEnd + DASHES.length, end));
    const block = buffer.subarray(begin, after);
    if (der === null) yield broken(block, label, "Its content is not base64.");
    else yield { label, octets: block, der, problem: "" };
    begin = next;
  }
}

function broken(octets: Uint8Array, label: string, problem: string): FoundPemBlock {
  return { label, octets, der: null, problem };
}

/** Base64, after the headers of RFC 1421 when there are some. */
function decodeBody(text: string): Uint8Array | null {
  const blank = text.includes(":") ? /\r?\n[ \t]*\r?\n/.exec(text) : null;
  const der = decodeBase64(text, blank === null ? 0 : blank.index + blank[0].length);
  return der === null || der.length === 0 ? null : der;
}
