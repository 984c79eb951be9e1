import type { Finding, Observation, Reason } from "#lib/handshake/observation.ts";
import type { NginxErrorLine } from "./nginx-error-line.ts";
import { findingOfOpenssl } from "./openssl-words.ts";

/** What a line of nginx's error log says of a handshake. */
export type NginxVerdict = Pick<Observation, "outcome" | "finding">;

/** @returns null when it says nothing of one */
export function nginxVerdict(line: NginxErrorLine): NginxVerdict | null {
  const read = READERS.find(([beginning]) => line.message.startsWith(beginning))?.[1];
  if (read !== undefined) return read(line);
  return line.doing === ASKING_OCSP ? ocspFault(line) : null;
}

const HANDSHAKING = "SSL handshaking";
const WAITING = "waiting for request";
const READING_ANSWER = "reading response header from upstream";
const ASKING_OCSP = "requesting certificate status";
const CLIENT_VERIFICATION = "client SSL certificate verify error: ";
const UPSTREAM_VERIFICATION = "upstream SSL certificate verify error: ";
const NAME_MISMATCH = "upstream SSL certificate does not match ";

/** By how the message begins; messages are those of src/event, src/http and src/stream of nginx 1.10 to 1.29. */
const READERS: readonly (readonly [
  beginning: string,
  read: (line: NginxErrorLine) => NginxVerdict | null,
])[] = [
  [CLIENT_VERIFICATION, ({ message }) => refused(clientFault(message.slice(CLIENT_VERIFICATION.length)))],
  [UPSTREAM_VERIFICATION, ({ message }) => refused(findingOfOpenssl(message))],
  ["SSL_do_handshake() failed", ({ message }) => refused(findingOfOpenssl(message))],
  ["SSL_read() failed", afterHandshake],
  ["SSL_write() failed", afterHandshake],
  ["SSL_shutdown() failed", shutdown],
  ["ignoring stale global SSL error", () => unknown("stale-error")],
  ["client sent no required SSL certificate", because("certificate-absent")],
  [NAME_MISMATCH, ({ message }) => refused(reason("name-mismatch", expectedName(message)))],
  ["handshake rejected", because("server-name")],
  ['no "ssl_certificate" is defined', because("server-name")],
  ["client attempted to request the server name different", because("misdirected")],
  ["client sent plain HTTP request to HTTPS port", because("plain-http")],
  ["client sent invalid ", notHttp],
  ["peer closed connection in SSL handshake", closed],
  ["client closed connection", closed],
  ["recv() failed", closed],
  ["send() failed", closed],
  ["client timed out", clientTimeout],
  ["upstream timed out", upstreamTimeout],
  ["connect() ", unreachable],
  ["no live upstreams", unreachable],
  ["upstream prematurely closed connection", (line) => hungUp(line, "closed")],
  ["verify:0, error:", verificationStep],
];

function reason(said: Reason, words = ""): Finding {
  return { kind: "reason", reason: said, words: words.slice(0, 300) };
}

function refused(finding: Finding | null): NginxVerdict {
  return { outcome: "refused", finding };
}

function unknown(said: Reason, words = ""): NginxVerdict {
  return { outcome: "unknown", finding: reason(said, words) };
}

function because(said: Reason) {
  return ({ message }: NginxErrorLine) => refused(reason(said, message));
}

/** nginx goes on after a fault and keeps the last one. What OCSP said has no number, and comes after all others. */
export function clientFault(words: string): Finding | null {
  if (words.startsWith("certificate status request failed")) return reason("ocsp-unavailable", words);
  const finding = findingOfOpenssl(words);
  const isNumbered = words.startsWith("(");
  return finding?.kind === "verify" && isNumbered ? { ...finding, which: "last" } : finding;
}

/** The name that the proxy looked for, without its quotation marks. */
function expectedName(message: string): string {
  return message.slice(NAME_MISMATCH.length).replace(/^"|"$/g, "");
}

/** With TLS 1.3 the other side's refusal arrives when the handshake is over for us (RFC 8446 §4.4.2.4). */
function afterHandshake({ message, doing }: NginxErrorLine): NginxVerdict | null {
  const finding = findingOfOpenssl(message);
  if (finding?.kind === "alert-received") return refused(finding);
  const isEarly = doing === WAITING || doing.includes("upstream") || doing.startsWith(HANDSHAKING);
  return finding === null || !isEarly ? null : { outcome: "unknown", finding };
}

/** All that a stream has at its default level of a certificate that it refused, and not always. */
function shutdown({ message, doing }: NginxErrorLine): NginxVerdict | null {
  return doing === HANDSHAKING && message.includes("application data after close notify")
    ? unknown("not-said", message)
    : null;
}

/** What came before TLS could begin, or to a port that has none: a client's TLS is the proxy's fault there. */
function notHttp({ message, request }: NginxErrorLine): NginxVerdict | null {
  const isTls = request.startsWith("\x16\x03");
  const isFirst = /^client sent invalid (?:request|method|version)/.test(message);
  if (!isFirst || isTls || request.includes(" HTTP/")) return null;
  return refused(reason("not-tls", request));
}

function closed(line: NginxErrorLine): NginxVerdict | null {
  const { message, doing } = line;
  if (doing === ASKING_OCSP) return ocspFault(line);
  const said = /\(1(?:04|03): /.test(message) ? "reset" : "closed";
  if (doing.startsWith(HANDSHAKING)) return refused(reason(said, message));
  if (doing === READING_ANSWER) return hungUp(line, said);
  // A client that does not trust the server may leave without a word; so does whoever only looks if the port is open.
  return doing === WAITING ? unknown(said, message) : null;
}

function clientTimeout({ message, doing }: NginxErrorLine): NginxVerdict | null {
  return doing === HANDSHAKING ? refused(reason("timed-out", message)) : null;
}

function upstreamTimeout({ message, doing, upstream, isStream }: NginxErrorLine): NginxVerdict | null {
  if (doing === "SSL handshaking to upstream") return refused(reason("timed-out", message));
  const isConnecting = doing === "connecting to upstream" || (isStream && doing === "proxying connection");
  return isConnecting && isTlsUpstream(upstream, isStream) ? refused(reason("unreachable", message)) : null;
}

function unreachable(line: NginxErrorLine): NginxVerdict | null {
  if (line.doing === ASKING_OCSP) return ocspFault(line);
  const isConnecting = line.doing === "connecting to upstream" || line.isStream;
  return isConnecting && isTlsUpstream(line.upstream, line.isStream)
    ? refused(reason("unreachable", line.message))
    : null;
}

/** With TLS 1.3 an upstream that refuses us may hang up instead of an answer. */
function hungUp({ message, upstream, isStream }: NginxErrorLine, said: Reason): NginxVerdict | null {
  return isTlsUpstream(upstream, isStream) && !isStream ? unknown(said, message) : null;
}

/** A stream does not say whether it speaks TLS to its upstream. */
function isTlsUpstream(upstream: string, isStream: boolean): boolean {
  return isStream || upstream.startsWith("https://") || upstream.startsWith("grpcs://");
}

/** For a client; without a connection it is the server's own certificate that is to be stapled. */
function ocspFault({ message, connection }: NginxErrorLine): NginxVerdict | null {
  if (connection === "") return null;
  const isUntrusted = message.startsWith("OCSP_basic_verify() failed");
  return unknown(isUntrusted ? "ocsp-untrusted" : "ocsp-unavailable", message);
}

const STEP = /^verify:0, error:(\d{1,3}), depth:(\d{1,3}), /;

/** At the level `debug`, each fault of a chain in turn. */
function verificationStep({ message }: NginxErrorLine): NginxVerdict | null {
  const [, error, depth] = STEP.exec(message) ?? [];
  if (error === undefined) return null;
  return {
    outcome: "unknown",
    finding: { kind: "verify", error: Number(error), depth: Number(depth), which: "first", words: "" },
  };
}
