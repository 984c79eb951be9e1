import type { Finding, Reason } from "#lib/handshake/observation.ts";
import type { HaproxyFields } from "./haproxy-fields.ts";
import { findingOfOpenssl } from "./openssl-words.ts";

const CA_CHAIN = "SSL client CA chain cannot be verified";
const LEAF = "SSL client certificate not trusted";

/** HAProxy's own words for a connection that failed (conn_err_code_str); the numbers beside them vary by version. */
const REASONS: readonly [words: string, reason: Reason][] = [
  ["Connection closed during SSL handshake", "closed"],
  ["Connection error during SSL handshake", "reset"],
  ["Timeout during SSL handshake", "timed-out"],
  ["Server presented an SSL certificate different from the", "name-mismatch"],
];

const reason = (which: Reason, words: string): Finding => ({ kind: "reason", reason: which, words });

/** Says of a certificate that was not accepted no more than whether it was the leaf. */
function verifyBucket(message: string): Finding | null {
  const depth = message.startsWith(LEAF) ? 0 : null;
  if (depth === null && !message.startsWith(CA_CHAIN)) return null;
  return { kind: "verify", error: null, depth, which: "first", words: message.slice(0, 100) };
}

function ownReason(message: string): Finding | null {
  const known = REASONS.find(([words]) => message.startsWith(words));
  return known === undefined ? null : reason(known[1], message.slice(0, 100));
}

const NO_ERROR = /\(error:0{8}:/;

/**
 * The message of the default line. Since 2.8 what OpenSSL says stands behind it in parentheses: all zeros when it has
 * nothing to say, which is how a client that left looks.
 */
export function findingOfMessage(message: string): Finding {
  if (NO_ERROR.test(message)) return verifyBucket(message) ?? reason("closed", message.slice(0, 100));
  const said = verifyBucket(message) ?? ownReason(message) ?? findingOfOpenssl(message);
  return said ?? reason("not-said", message.slice(0, 100));
}

/** What is wrong with the connection of the client; null when nothing is. */
export function frontendFinding(fields: HaproxyFields): Finding | null {
  const message = fields.get("fc_err_str") ?? "";
  const openssl = opensslText(fields.get("ssl_fc_err_str"), fields.get("ssl_fc_err"));
  if (!isError(fields.get("fc_err")) && openssl === null) return null;
  const found = (openssl === null ? null : findingOfOpenssl(openssl)) ?? verifyBucket(message);
  if (found?.kind === "verify") return verification(fields, "first") ?? verifyBucket(message) ?? found;
  if (found !== null) return found;
  const own = ownReason(message);
  if (own !== null) return own;
  // The handshake ended without an error of OpenSSL: the client left, whether it said so or not.
  return openssl === null && !isOther(message)
    ? reason("closed", "no error of TLS")
    : reason("not-said", (openssl ?? message).slice(0, 100));
}

/** Whether HAProxy's words are about something else than the handshake: a PROXY header, too many connections. */
function isOther(message: string): boolean {
  return message !== "" && !message.includes("SSL");
}

/** Both numbers are set when errors are ignored (`crt-ignore-err`): then that of the chain is what is behind it. */
export function verification(fields: HaproxyFields, which: "first" | "last"): Finding | null {
  const ca = Number(fields.get("ssl_c_ca_err") ?? 0);
  const leaf = Number(fields.get("ssl_c_err") ?? 0);
  const depth = fields.get("ssl_c_ca_err_depth");
  const words = fields.get("fc_err_str") ?? "";
  if (ca > 0) {
    return { kind: "verify", error: ca, depth: depth === null ? null : Number(depth), which, words };
  }
  return leaf > 0 ? { kind: "verify", error: leaf, depth: 0, which, words } : null;
}

/** What is wrong with the connection to the server; null when nothing is. */
export function backendFinding(fields: HaproxyFields): Finding | null {
  const message = fields.get("bc_err_str") ?? "";
  const openssl = opensslText(fields.get("ssl_bc_err_str"), fields.get("ssl_bc_err"));
  if (!isError(fields.get("bc_err")) && openssl === null) return null;
  const own = ownReason(message);
  if (own !== null) return own;
  const found = openssl === null ? null : findingOfOpenssl(openssl);
  return found ?? reason(openssl === null ? "closed" : "not-said", (openssl ?? message).slice(0, 100));
}

function isError(number: string | null): boolean {
  return number !== null && Number(number) !== 0;
}

/** The number alone is enough: `000000000A000086`. */
function opensslText(words: string | null, code: string | null): string | null {
  if (words !== null) return words;
  if (code === null || /^0+$/.test(code) || !/^[0-9A-Fa-f]+$/.test(code)) return null;
  return `error:${code.slice(-8).padStart(8, "0")}:`;
}
