import type { Finding, Reason } from "#lib/handshake/observation.ts";
import { findingOfGoX509 } from "./go-x509-words.ts";

/**
 * What a text of Go's crypto/tls or net means, in the words of all versions since 1.9. Null when it says nothing of
 * why a handshake failed.
 */
export function findingOfGo(text: string): Finding | null {
  return alertReceived(text) ?? findingOfGoX509(text) ?? reasonSaid(text) ?? customVerification(text);
}

/** Longest text that is kept of a line. */
const WORDS_MAX = 300;

const REMOTE = "remote error: tls: ";
/** QUIC wraps an alert in its own error, 0x100 and the alert (RFC 9001 §4.8). */
const QUIC_REMOTE = /CRYPTO_ERROR 0x1([0-9a-f]{2}) \(remote\)/;

/** crypto/tls/alert.go. Newer versions send the precise ones; up to 1.19 nearly all are "bad certificate". */
const ALERTS: readonly [text: string, alert: number][] = [
  ["close notify", 0],
  ["unexpected message", 10],
  ["bad record MAC", 20],
  ["decryption failed", 21],
  ["record overflow", 22],
  ["decompression failure", 30],
  ["handshake failure", 40],
  // Before "bad certificate", with which it begins.
  ["bad certificate status response", 113],
  ["bad certificate hash value", 114],
  ["bad certificate", 42],
  ["unsupported certificate", 43],
  ["revoked certificate", 44],
  ["expired certificate", 45],
  ["unknown certificate authority", 48],
  ["unknown certificate", 46],
  ["illegal parameter", 47],
  ["access denied", 49],
  ["error decoding message", 50],
  ["error decrypting message", 51],
  ["export restriction", 60],
  ["protocol version not supported", 70],
  ["insufficient security level", 71],
  ["internal error", 80],
  ["inappropriate fallback", 86],
  ["user canceled", 90],
  ["no renegotiation", 100],
  ["missing extension", 109],
  ["unsupported extension", 110],
  ["certificate unobtainable", 111],
  ["unrecognized name", 112],
  ["unknown PSK identity", 115],
  ["certificate required", 116],
  ["no application protocol", 120],
  ["encrypted client hello required", 121],
];

const UNNAMED_ALERT = /^alert\((\d{1,3})\)/;

function alertReceived(text: string): Finding | null {
  const quic = QUIC_REMOTE.exec(text)?.[1];
  if (quic !== undefined) return { kind: "alert-received", alert: Number.parseInt(quic, 16) };
  const at = text.indexOf(REMOTE);
  if (at < 0) return null;
  const name = text.slice(at + REMOTE.length, at + REMOTE.length + 40);
  const unnamed = UNNAMED_ALERT.exec(name)?.[1];
  if (unnamed !== undefined) return { kind: "alert-received", alert: Number(unnamed) };
  return { kind: "alert-received", alert: ALERTS.find(([said]) => name.startsWith(said))?.[1] ?? null };
}

/** In this order: what is more telling stands before what may come with it. */
const REASONS: readonly [words: string, reason: Reason][] = [
  ["client didn't provide a certificate", "certificate-absent"],
  ["invalid signature by the ", "bad-signature"],
  ["could not validate signature of connection nonces", "bad-signature"],
  ["client offered only unsupported versions", "protocol-version"],
  ["inappropriate protocol fallback", "protocol-version"],
  ["unsupported SSLv2 handshake", "protocol-version"],
  ["selected unsupported protocol version", "protocol-version"],
  ["no supported versions satisfy", "protocol-version"],
  ["used the legacy version field", "protocol-version"],
  ["local error: tls: protocol version not supported", "protocol-version"],
  ["no cipher suite supported by both", "no-shared-cipher"],
  ["chose an unconfigured cipher suite", "no-shared-cipher"],
  ["no ECDHE curve supported by both", "no-shared-group"],
  ["no key exchanges supported by both", "no-shared-group"],
  ["no supported elliptic curves offered", "no-shared-group"],
  ["selected unsupported curve", "no-shared-group"],
  ["selected unsupported group", "no-shared-group"],
  ["doesn't support any of the certificate's signature algorithms", "no-shared-signature-algorithm"],
  ["used with invalid signature algorithm", "no-shared-signature-algorithm"],
  ["missing signature_algorithms", "no-shared-signature-algorithm"],
  ["unsupported signature algorithm", "no-shared-signature-algorithm"],
  ["requested unsupported application protocols", "alpn"],
  ["selected unadvertised ALPN protocol", "alpn"],
  ["no certificate available for '", "server-name"],
  ["No certificate found for domain", "server-name"],
  ["no certificates configured", "server-name"],
  ["tls: unrecognized name", "server-name"],
  ["strict host matching", "misdirected"],
  ["client sent an HTTP request to an HTTPS server", "plain-http"],
  ["server gave HTTP response to HTTPS client", "plain-http"],
  ["first record does not look like a TLS handshake", "not-tls"],
  // Text read as the head of a record: its length is two letters.
  ["oversized record received", "not-tls"],
  ["local error: tls: bad record MAC", "bad-record"],
  ["connect: connection refused", "unreachable"],
  ["no route to host", "unreachable"],
  ["network is unreachable", "unreachable"],
  ["host is down", "unreachable"],
  ["no such host", "unreachable"],
  ["dial tcp ", "unreachable"],
  ["TLS handshake timeout", "timed-out"],
  ["i/o timeout", "timed-out"],
  ["deadline exceeded", "timed-out"],
  ["connection reset by peer", "reset"],
  ["forcibly closed by the remote host", "reset"],
  ["broken pipe", "closed"],
  ["use of closed network connection", "closed"],
];

const END_OF_FILE = /\bEOF\b/;

function reasonSaid(text: string): Finding | null {
  for (const [words, reason] of REASONS) {
    const at = text.indexOf(words);
    if (at >= 0) return { kind: "reason", reason, words: text.slice(at, at + WORDS_MAX) };
  }
  return END_OF_FILE.test(text) ? { kind: "reason", reason: "closed", words: "EOF" } : null;
}

/** The proxy's own rules for a certificate that Go would accept: no number has them. */
const OWN_RULES = ["tls: failed to verify", "tls: failed to parse", "leaf certificate failed validation"];

function customVerification(text: string): Finding | null {
  const at = Math.min(...OWN_RULES.map((words) => text.indexOf(words)).filter((found) => found >= 0));
  if (at === Number.POSITIVE_INFINITY) return null;
  const error = text.includes("revoked", at) ? 23 : null;
  return { kind: "verify", error, depth: null, which: "first", words: text.slice(at, at + WORDS_MAX) };
}
