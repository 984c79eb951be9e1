import { encodePem } from "#lib/x509/pem.ts";

/** A certificate as it is published. */
export interface PublishedMember {
  /** Shown above it; comes from a certificate or a person. */
  name: string;
  notAfter: Date;
  der: Uint8Array;
}

/**
 * A trust bundle as relying parties load it: PEM, with a comment line above each certificate (RFC 7468 §2 lets
 * parsers skip other text; OpenSSL, GnuTLS, NSS and Go do).
 *
 * @param heading what the bundle is called
 */
export function bundlePem(heading: string, members: readonly PublishedMember[]): string {
  const body = members.map(
    ({ name, notAfter, der }) =>
      `\n# ${commentText(name)}\n# not after ${notAfter.toISOString()}\n${encodePem("CERTIFICATE", der)}`,
  );
  return `# ${commentText(heading)}\n${body.join("")}`;
}

/** OpenSSL reads lines of 254 bytes, and what is longer as a further line. */
const COMMENT_BYTES_MAX = 200;

/** Line breaks, controls, and everything else that is no letter, mark, number, punctuation, symbol or space. */
const UNSHOWN = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu;

/** A name as a comment that stays within its line, and that no parser takes for the beginning of a block. */
export function commentText(name: string): string {
  const line = name.replace(UNSHOWN, " ").replace(/-{3,}/g, "--").replace(/ {2,}/g, " ").trim();
  let text = "";
  let bytes = 0;
  for (const character of line) {
    bytes += Buffer.byteLength(character);
    if (bytes > COMMENT_BYTES_MAX) return `${text}…`;
    text += character;
  }
  return text;
}
