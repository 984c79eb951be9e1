import type { Finding } from "#lib/handshake/observation.ts";
import { findingOfBoring } from "./boring-words.ts";
import { reasonIn, reasonOfCode } from "./openssl-reasons.ts";
import { verifyErrorIn, verifyErrorOf } from "./openssl-verify-errors.ts";
import { alertNumber } from "./tls-alerts.ts";

/** What is said stands at the beginning; behind it may stand anything, at any length. */
const TEXT_MAX = 4_096;

/**
 * What a text of OpenSSL, of whatever version from 1.0.2 on, says of a handshake. Numbers come first, because words
 * changed between versions: that of the verification, that of the alert, that of the error. A verification's number is
 * overruled by words that are another error's, because some numbers changed their meaning (24 and 79).
 *
 * @returns null when it says nothing that is known
 */
export function findingOfOpenssl(text: string): Finding | null {
  const said = text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text;
  return (
    numberedVerification(said) ??
    numberedAlert(said) ??
    numberedError(said) ??
    namedAlert(said) ??
    namedVerification(said) ??
    namedReason(said) ??
    (said.includes("OPENSSL_internal") ? findingOfBoring(said) : null)
  );
}

/** `(10:certificate has expired)` of nginx, `num=10:…` of OpenSSL's tools, `Error (10): …` of Apache. */
const VERIFICATION = /\((\d{1,2}):(?=\S)|\bnum=(\d{1,2})\b:?|\bError \((\d{1,2})\): ?/i;

function numberedVerification(text: string): Finding | null {
  const match = VERIFICATION.exec(text);
  if (match === null) return null;
  const [whole, a, b, c] = match;
  const rest = text.slice(match.index + whole.length);
  const words = rest.slice(0, endOfWords(rest));
  const number = verifyErrorOf(words) ?? Number(a ?? b ?? c);
  return number === 0 ? null : verification(number, text, words);
}

/** Words of a verification error end with a parenthesis that was opened before, a colon, bracket or line. */
function endOfWords(text: string): number {
  let open = 0;
  for (let at = 0; at < text.length && at < 100; at++) {
    const character = text[at];
    if (character === "(") open++;
    if (character === ")" && --open < 0) return at;
    if (character === "[" || character === "\n" || (character === ":" && !text.startsWith(": ", at)))
      return at;
  }
  return Math.min(text.length, 100);
}

/** `depth=1`, `depth: 1`, `depth 1`, `at 1 depth lookup`. */
const DEPTH = /\bdepth(?:=|: ?| )(\d{1,3})\b|\bat (\d{1,3}) depth\b/i;

function verification(error: number | null, text: string, words: string): Finding {
  const [, after, before] = DEPTH.exec(text) ?? [];
  const depth = after ?? before;
  return {
    kind: "verify",
    error,
    depth: depth === undefined ? null : Number(depth),
    which: "first",
    words: words.trim(),
  };
}

/** An alert is one octet (RFC 8446 §6). */
const ALERT_MAX = 255;
const ALERT_NUMBER = /\balert number (\d{1,3})\b/i;

function numberedAlert(text: string): Finding | null {
  const number = ALERT_NUMBER.exec(text)?.[1];
  return number === undefined || Number(number) > ALERT_MAX
    ? null
    : { kind: "alert-received", alert: Number(number) };
}

const CODE = /\berror:([0-9A-F]{8}):/gi;

/** Several errors may stand one behind the other; the first that is known says it. */
function numberedError(text: string): Finding | null {
  for (const match of text.matchAll(CODE)) {
    const finding = findingOfCode(Number.parseInt(match[1] ?? "", 16), text, match.index);
    if (finding !== null) return finding;
  }
  return null;
}

/** ERR_LIB_SSL and ERR_LIB_OCSP. */
const LIBSSL = 20;
const LIBOCSP = 39;
/** SSL_R_CERTIFICATE_VERIFY_FAILED. */
const VERIFY_FAILED = 134;
/** SSL_AD_REASON_OFFSET: an alert that came in is the reason of that number and this. */
const ALERT_OFFSET = 1_000;

/**
 * Up to 1.1.1 a code is 8 bits of library, 12 of function and 12 of reason; since 3.0 it is a bit for the system's
 * errors, 8 bits of library and 23 of reason.
 */
function findingOfCode(code: number, text: string, at: number): Finding | null {
  if (libraryOf(code) === LIBOCSP) return ocspFault(code, text.slice(at));
  if (libraryOf(code) !== LIBSSL) return null;
  const reason = reasonNumber(code);
  if (reason === VERIFY_FAILED) return namedVerification(text) ?? verification(null, text, "");
  if (reason >= ALERT_OFFSET && reason <= ALERT_OFFSET + ALERT_MAX) {
    return { kind: "alert-received", alert: reason - ALERT_OFFSET };
  }
  const known = reasonOfCode(reason);
  return known === null
    ? null
    : { kind: "reason", reason: known, words: reasonIn(text.slice(at))?.words ?? "" };
}

const isOld = (code: number) => [LIBSSL, LIBOCSP].includes(code >>> 24);
const libraryOf = (code: number) => code >>> (isOld(code) ? 24 : 23);
const reasonNumber = (code: number) => code & (isOld(code) ? 0xfff : 0x7fffff);

/** What is wrong with who signed OCSP's answer, and with the signature (include/openssl/ocsperr.h). */
const UNTRUSTED = [101, 103, 112, 117, 118];

/** The words behind it are those of the responder's certificate, and not of the client's. */
function ocspFault(code: number, words: string): Finding {
  const reason = UNTRUSTED.includes(reasonNumber(code)) ? "ocsp-untrusted" : "ocsp-unavailable";
  return { kind: "reason", reason, words: words.slice(0, 300) };
}

/** The version in it is part of a name, and not the one of the connection. */
const ALERT = /\b(?:sslv3|tlsv1|tlsv13|ssl\/tls)(?: alert)? /i;

function namedAlert(text: string): Finding | null {
  const match = ALERT.exec(text);
  const alert = match === null ? null : alertNumber(text.slice(match.index + match[0].length));
  return alert === null ? null : { kind: "alert-received", alert };
}

function namedVerification(text: string): Finding | null {
  const named = verifyErrorIn(text);
  if (named !== null) return verification(named.error, text, named.words);
  return /certificate verify failed/i.test(text) ? verification(null, text, "") : null;
}

function namedReason(text: string): Finding | null {
  const named = reasonIn(text);
  return named === null ? null : { kind: "reason", ...named };
}
