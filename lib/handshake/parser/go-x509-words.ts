import type { Finding } from "#lib/handshake/observation.ts";
import { isoTime } from "./log-time.ts";

/**
 * What a text of Go's crypto/x509 means. Go looks at one chain after another and names no depth: "has expired" may
 * be the leaf or any authority above it; the date in the text tells which.
 */
export function findingOfGoX509(text: string): Finding | null {
  const at = text.indexOf("x509: ");
  if (at < 0) return null;
  const words = text.slice(at + "x509: ".length, at + WORDS_MAX);
  if (NAME_MISMATCHES.some((said) => words.startsWith(said)))
    return { kind: "reason", reason: "name-mismatch", words };
  if (words.startsWith(VALIDITY)) return validity(words);
  const fault = words.split(CANDIDATE, 1)[0] ?? "";
  const error = ERRORS.find(([said]) => fault.includes(said))?.[1] ?? null;
  return { kind: "verify", error, depth: null, which: "first", words };
}

/** Names of a certificate stand in some of them, as many as it has. */
const WORDS_MAX = 300;

/** What follows is a name out of a certificate that anybody may have made. */
const CANDIDATE = " while trying to verify candidate authority";

const NAME_MISMATCHES = [
  "certificate is valid for ",
  "cannot validate certificate for ",
  "certificate is not valid for any names",
  "certificate relies on legacy Common Name",
];

const VALIDITY = "certificate has expired or is not yet valid";

/** Up to Go 1.12 there is no more than the first half, which does not say which of the two it is. */
const DATES = /: current time \S{1,40} is (after|before) (\S{1,40})/;

function validity(words: string): Finding {
  const [, side, limit = ""] = DATES.exec(words) ?? [];
  const error = side === undefined ? null : side === "after" ? 10 : 9;
  const failedAt = isoTime(limit.replace(/["',;)\\].*$/, ""))?.at;
  const finding = { kind: "verify", error, depth: null, which: "first", words } as const;
  return failedAt === undefined ? finding : { ...finding, failedAt };
}

/**
 * Numbers of OpenSSL for the same faults. The hint after "unknown authority" comes before that itself: an authority
 * of that name was found, and why it did not do is the fault. A signature that does not verify (7) is what OpenSSL
 * calls 20 when a root has been given a new key under its old name.
 */
const ERRORS: readonly [words: string, error: number][] = [
  ["parent certificate cannot sign", 79],
  ["not authorized to sign other certificates", 79],
  ["insecure algorithm", 68],
  ["algorithm unimplemented", 76],
  ["verification failure", 7],
  ["verification error", 7],
  ["signed by unknown authority", 20],
  // The words of Apple's verifier, which Go uses on its systems.
  ["certificate is not trusted", 20],
  ["certificate is expired", 10],
  ["incompatible key usage", 26],
  ["not authorized for an extended key usage", 26],
  ["is excluded by constraint", 48],
  ["not authorized to sign for this name", 47],
  ["issuer has name constraints but leaf", 47],
  ["unhandled critical extension", 34],
  ["too many intermediates for path length constraint", 25],
  ["issuer name does not match subject", 29],
  ["revoked", 23],
];
