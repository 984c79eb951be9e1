import type { Finding, Reason } from "#lib/handshake/observation.ts";
import { reasonIn } from "./openssl-reasons.ts";
import { verifyErrorIn } from "./openssl-verify-errors.ts";
import { alertNumber } from "./tls-alerts.ts";

/** What is said stands at the beginning. */
const TEXT_MAX = 4_096;
const WORDS_MAX = 300;

/**
 * What Envoy's field for failures of the transport means: `TLS_error:|268435581:SSL routines:OPENSSL_internal:
 * CERTIFICATE_VERIFY_FAILED:verify cert failed: …:TLS_error_end` and its older shapes. Detail first, then BoringSSL's
 * numbers, then words, because old versions and bodies of answers have only those, with `_` for each blank.
 *
 * @returns null when it says nothing that is known
 */
export function findingOfBoring(text: string): Finding | null {
  const said = text.slice(0, TEXT_MAX);
  const field = { text: said, plain: said.replaceAll("_", " ") };
  return verificationDetail(field) ?? numbered(field) ?? named(field);
}

/** As it stands, and with a blank for each `_`, so that places are the same in both. */
interface Said {
  text: string;
  plain: string;
}

const DETAIL = /verify cert failed: |X509 verify cert: /;
const DEPTH =
  /^(?:verify cert failed: )?X509 verify cert: certificate verification error at depth (\d{1,3}): /;

/** Since 2025 it is in the field, before it only in a debug line of its own. */
function verificationDetail(field: Said): Finding | null {
  const at = field.plain.search(DETAIL);
  if (at < 0) return null;
  const detail = upToEnd(field, at);
  const depth = DEPTH.exec(detail.plain);
  if (depth !== null) {
    const { text, plain } = from(detail, depth[0].length);
    return verification(verifyErrorIn(plain)?.error ?? null, text, Number(depth[1]));
  }
  if (detail.plain.includes("empty cert chain")) return reason("certificate-absent", detail);
  // Its names are others than the configuration wants: "verify SAN list", "SAN matcher".
  if (/^verify cert failed: (?:verify SAN list|SAN matcher)/.test(detail.plain))
    return reason("name-mismatch", detail);
  return verification(null, detail.text, null);
}

/** Library, in 8 bits, and reason, in 12, are one number (BoringSSL's ERR_PACK); the library's name follows it. */
const NUMBER = /\b(\d{6,10}):([A-Za-z0-9 ]{3,40}):[^:|]{0,40}:/g;

const LIB_SYSTEM = 2;
const LIB_SSL = 16;
const VERIFY_FAILED = 125;
const ALERT_OFFSET = 1_000;

/** Errors stand one behind the other with `|` between them. The first that is known says it. */
function numbered(field: Said): Finding | null {
  for (const match of field.plain.matchAll(NUMBER)) {
    const packed = Number(match[1]);
    const words = upToEnd(field, match.index + match[0].length);
    const finding = findingOfNumber(packed >>> 24, packed & 0xfff, words);
    if (finding !== null) return finding;
  }
  return null;
}

function findingOfNumber(library: number, code: number, words: Said): Finding | null {
  if (library === LIB_SYSTEM) {
    const known = SYSTEM.get(code);
    return known === undefined ? null : reason(known, words);
  }
  if (library !== LIB_SSL) return null;
  if (code === VERIFY_FAILED) return verification(null, words.text, null);
  if (code >= ALERT_OFFSET) return { kind: "alert-received", alert: code - ALERT_OFFSET };
  return namedReason(words);
}

/** errno of Linux. */
const SYSTEM: ReadonlyMap<number, Reason> = new Map([
  [32, "closed"],
  [104, "reset"],
  [110, "timed-out"],
  [111, "unreachable"],
  [113, "unreachable"],
]);

/** What only BoringSSL and Envoy say. The rest they call what OpenSSL calls it. */
const WORDS: readonly [words: string, reason: Reason][] = [
  ["secret is not supplied by sds", "secret-absent"],
  ["no shared group", "no-shared-group"],
  ["missing key share", "no-shared-group"],
  ["no common signature algorithms", "no-shared-signature-algorithm"],
  ["no supported versions enabled", "protocol-version"],
  ["downgrade", "protocol-version"],
  ["clienthello parse failed", "not-tls"],
  ["filter chain not found", "server-name"],
  ["no matching filter chain", "server-name"],
  ["transport socket timeout", "timed-out"],
  ["transport socket connect timeout", "timed-out"],
  ["connect error: 111", "unreachable"],
  ["connect error: 113", "unreachable"],
  ["connection timeout", "unreachable"],
];

function namedReason(words: Said): Finding | null {
  const lower = words.plain.toLowerCase();
  const own = WORDS.find(([said]) => lower.includes(said))?.[1];
  if (own !== undefined) return reason(own, words);
  const shared = reasonIn(words.plain);
  return shared === null ? null : reason(shared.reason, words);
}

/** The version in it is part of a name, and not the one of the connection. */
const ALERT = /\b(?:SSLV3|TLSV1) ALERT /i;

function named(field: Said): Finding | null {
  const { plain } = field;
  const alert = ALERT.exec(plain);
  if (alert !== null)
    return { kind: "alert-received", alert: alertNumber(plain.slice(alert.index + alert[0].length)) };
  // A client says so of its own hello when the server's alert 40 answers that.
  if (/handshake failure on client hello/i.test(plain)) return { kind: "alert-received", alert: 40 };
  const all = upToEnd(field, 0);
  return /certificate verify failed/i.test(plain) ? verification(null, all.text, null) : namedReason(all);
}

/** Up to the mark that ends the field, or the next error. */
function upToEnd(field: Said, begin: number): Said {
  const { text, plain } = from(field, begin);
  const end = plain.slice(0, WORDS_MAX).search(/:?TLS error end|\|/);
  const length = end < 0 ? WORDS_MAX : end;
  return { text: text.slice(0, length), plain: plain.slice(0, length) };
}

function from({ text, plain }: Said, begin: number): Said {
  return { text: text.slice(begin), plain: plain.slice(begin) };
}

function verification(error: number | null, words: string, depth: number | null): Finding {
  return { kind: "verify", error, depth, which: "first", words };
}

function reason(reason: Reason, { text }: Said): Finding {
  return { kind: "reason", reason, words: text };
}
