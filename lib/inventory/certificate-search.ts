import { createHash } from "node:crypto";
import { malformed } from "#lib/errors.ts";
import { decodePem } from "#lib/x509/pem.ts";
import { unsafeCharacter } from "#lib/x509/unsafe-character.ts";

/** A part of an index: texts from `from` on that sort before `before`. */
export interface TextRange {
  from: string;
  before: string;
}

/** What a search looks for: certificates that meet any of these. */
export interface CertificateSearch {
  /** Ranges of names, as they are stored: lower case. */
  names: TextRange[];
  /** Ranges of names read backwards. */
  reversedNames: TextRange[];
  serials: TextRange[];
  sha256: TextRange[];
  sha1: TextRange[];
}

/** Longer than any name that is kept whole, and than any fingerprint with colons. */
export const SEARCH_MAX = 500;

/** The longest pasted certificate. */
const PEM_MAX = 64 * 1024;

/** The most certificates in one pasted text. */
const PEM_BLOCKS_MAX = 20;

/** Fewer hexadecimal digits begin too many serial numbers to mean one. */
const SHORTEST_HEXADECIMAL = 6;

/** Sorts behind every character that names are made of, in the order of UTF-8 bytes. */
const AFTER_EVERY_CHARACTER = "\u{10FFFF}";
const AFTER_EVERY_DIGIT = "g";

/** As openssl and browsers print it in front: `SHA256 Fingerprint=`, `sha256:`, `serial=`, `Serial Number:`, `0x`. */
const LABEL = /^(?:sha-?(?:256|1)(?: fingerprint)?|fingerprint|serial(?: number)?)\s*[=:]\s*/;

/** As openssl prints a short serial number: in decimal, and once more in hexadecimal. */
const BOTH_WAYS = /^-?\d+ \(-?0x([0-9a-f]+)\)$/;

/**
 * Understands what somebody typed or pasted into the search: a certificate in PEM (found by its fingerprint); the
 * beginning of a SHA-256 or SHA-1 fingerprint or of a serial number in hexadecimal, a serial number in decimal,
 * each with any punctuation; the beginning or the end of a name, where `*.example.com` means all that end so. What
 * can be several of these is looked for as all of them. `%` and `_` are characters like others.
 *
 * @returns null when nothing is searched
 * @throws DomainError `malformed` naming `q`
 */
export function parseSearch(search: string): CertificateSearch | null {
  if (search.includes("-----BEGIN")) return searchForPem(search);
  const text = search.trim().replaceAll(/\s+/g, " ").toLowerCase();
  if (text === "") return null;
  if (text.length > SEARCH_MAX) {
    throw malformed(
      "q",
      "search.length",
      `What is searched for has ${text.length.toLocaleString("en")} characters; a name, a serial number or a fingerprint has at most ${SEARCH_MAX}.`,
    );
  }
  const unsafe = unsafeCharacter(text);
  if (unsafe !== null) {
    throw malformed("q", "search.character", `What is searched for holds ${unsafe}, which no name should.`);
  }
  const ending = text.startsWith("*.") ? text.slice(1) : text;
  const digits = hexadecimalOf(text);
  const beginning = digits !== null && digits.length >= SHORTEST_HEXADECIMAL ? [digitsFrom(digits)] : [];
  const decimal = decimalSerial(text);
  return {
    names: [startingWith(text)],
    reversedNames: [startingWith([...ending].reverse().join(""))],
    serials: [
      ...(digits === null ? [] : serialRanges(digits)),
      ...(decimal === null ? [] : [exactly(decimal), exactly(`-${decimal}`)]),
    ],
    sha256: beginning,
    sha1: beginning,
  };
}

function searchForPem(text: string): CertificateSearch {
  if (text.length > PEM_MAX) {
    throw malformed("q", "search.length", `A pasted certificate has at most ${PEM_MAX / 1024} KB.`);
  }
  const blocks = decodePem(text, { field: "q", allowComments: true, maxBlocks: PEM_BLOCKS_MAX });
  const fingerprints = blocks
    .filter(({ label }) => /^(?:X509 |TRUSTED )?CERTIFICATE$/.test(label))
    .map(({ der }) => createHash("sha256").update(der).digest("hex"));
  if (fingerprints.length === 0) {
    const detail = `What was pasted is a ${blocks[0]?.label.toLowerCase()}; a search finds certificates.`;
    throw malformed("q", "search.pem", detail);
  }
  return {
    names: [],
    reversedNames: [],
    serials: [],
    sha1: [],
    sha256: [...new Set(fingerprints)].map(exactly),
  };
}

/** The digits of hexadecimal text with any punctuation; null when it is none. */
function hexadecimalOf(text: string): string | null {
  const bare = text.replace(LABEL, "").replace(BOTH_WAYS, "$1").replace(/^0x/, "");
  if (!/^[0-9a-f\p{P}\s]+$/u.test(bare)) return null;
  const digits = bare.replaceAll(/[^0-9a-f]/g, "");
  return digits === "" ? null : digits;
}

/** The most decimal digits of a serial number: RFC 5280 §4.1.2.2 allows 20 octets, others took more. */
const DECIMAL_MAX = 100;

/** A serial number in decimal, with any punctuation, as it is stored: whole octets in hexadecimal. */
function decimalSerial(text: string): string | null {
  const bare = text.replace(LABEL, "");
  if (!/^[0-9\p{P}\s]+$/u.test(bare)) return null;
  const digits = bare.replaceAll(/[^0-9]/g, "");
  if (digits === "" || digits.length > DECIMAL_MAX) return null;
  const hex = BigInt(digits).toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

/**
 * Serial numbers are stored as whole octets without superfluous zeros; people write them with and without. A minus is
 * punctuation like any other, so that negative ones, which are against RFC 5280 §4.1.2.2, are found too.
 */
function serialRanges(digits: string): TextRange[] {
  const bare = digits.replace(/^0+(?=.)/, "");
  const written = [...new Set([digits, bare, `0${bare}`])];
  const ranges = written.map(digits.length >= SHORTEST_HEXADECIMAL ? digitsFrom : exactly);
  return [...ranges, ...written.map((each) => exactly(`-${each}`))];
}

function startingWith(text: string): TextRange {
  return { from: text, before: `${text}${AFTER_EVERY_CHARACTER}` };
}

function digitsFrom(digits: string): TextRange {
  return { from: digits, before: `${digits}${AFTER_EVERY_DIGIT}` };
}

/** Nothing made of hexadecimal digits sorts between a text and the same with a zero behind it. */
function exactly(digits: string): TextRange {
  return { from: digits, before: `${digits}0` };
}
