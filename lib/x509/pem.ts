import { malformed } from "../errors.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { tooLarge } from "./too-large.ts";

export interface PemBlock {
  /** `CERTIFICATE`, `CERTIFICATE REQUEST`, `PRIVATE KEY`, … */
  label: string;
  der: Uint8Array;
}

export interface PemOptions {
  /** The input field that errors name. */
  field: string;
  /** Allow text before, between and after the blocks, as bundles carry comments. Default: refused. */
  allowComments?: boolean;
  /** Blocks at most; default 1000. */
  maxBlocks?: number;
}

const BEGIN = "-----BEGIN ";
const DASHES = "-----";

/** PEM text of DER bytes: 64 characters a line, ends with a line break (RFC 7468 §2). */
export function encodePem(label: string, der: Uint8Array): string {
  const base64 = encodeBase64(der);
  let text = `${BEGIN}${label}${DASHES}\n`;
  for (let index = 0; index < base64.length; index += 64) text += `${base64.slice(index, index + 64)}\n`;
  return `${text}-----END ${label}${DASHES}\n`;
}

/**
 * The blocks of PEM text, in order (RFC 7468). Linear in the length of the text. Headers inside a block
 * (`Proc-Type`, the old encrypted form) are not PEM of this RFC and are refused.
 *
 * @throws DomainError malformed for text outside the blocks, wrong markers or base64, or no block at all;
 *   tooLarge beyond `maxBlocks`
 */
export function decodePem(text: string, options: PemOptions): PemBlock[] {
  const { field, allowComments = false, maxBlocks = 1000 } = options;
  const blocks: PemBlock[] = [];
  let at = 0;
  for (;;) {
    const begin = text.indexOf(BEGIN, at);
    const outside = text.slice(at, begin < 0 ? text.length : begin);
    if (begin < 0 && blocks.length === 0) {
      throw malformed(field, "rfc7468.2.begin", `The ${field} has no PEM block (-----BEGIN …-----).`);
    }
    if (!allowComments && /\S/.test(outside)) {
      const where = blocks.length === 0 ? "before the first" : begin < 0 ? "after the last" : "between the";
      const word = where === "between the" ? "blocks" : "block";
      throw malformed(
        field,
        "rfc7468.2.garbage",
        `The ${field} has other text ${where} PEM ${word}; paste the block alone.`,
      );
    }
    if (begin < 0) return blocks;
    if (blocks.length === maxBlocks) {
      const detail = `The ${field} has more than ${maxBlocks} PEM block${maxBlocks === 1 ? "" : "s"}.`;
      throw tooLarge(field, "pem.count", detail);
    }
    const labelEnd = text.indexOf(DASHES, begin + BEGIN.length);
    const label = labelEnd < 0 ? "" : text.slice(begin + BEGIN.length, labelEnd);
    if (label.length > 64 || !/^[A-Z0-9]+(?:[ -][A-Z0-9]+)*$/.test(label)) {
      throw malformed(field, "rfc7468.2.begin", `The ${field} has a PEM block whose BEGIN line is broken.`);
    }
    const endMarker = `-----END ${label}${DASHES}`;
    const bodyEnd = text.indexOf(DASHES, labelEnd + DASHES.length);
    if (bodyEnd < 0 || !text.startsWith(endMarker, bodyEnd)) {
      throw malformed(field, "rfc7468.2.end", `The ${field} has no matching line ${endMarker}.`);
    }
    const der = decodeBase64(text, labelEnd + DASHES.length, bodyEnd);
    if (der === null || der.length === 0) {
      throw malformed(
        field,
        "rfc7468.2.base64",
        `The ${field} has a ${label} block whose content is not base64.`,
      );
    }
    blocks.push({ label, der });
    at = bodyEnd + endMarker.length;
  }
}

/** Whether bytes start like PEM text rather than DER: DER documents of ours all start with a SEQUENCE. */
export function looksLikePem(input: Uint8Array): boolean {
  return input[0] !== 0x30;
}
