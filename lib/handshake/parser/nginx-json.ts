import type { Observation, ParsedLine } from "#lib/handshake/observation.ts";
import { type JsonObject, jsonLine, numberIn, textIn } from "./json-line.ts";
import { commonLogTime, epochTime, isoTime, type LogTime, opensslTime } from "./log-time.ts";
import { nginxAnswer, UNFINISHED } from "./nginx-status.ts";
import { observed } from "./observed.ts";
import { hexFingerprint, hexSerial, seenCertificate } from "./seen-certificate.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";
import { tlsVersion } from "./tls-version.ts";

const QUOTE_MAX = 300;

/**
 * Reads a line of nginx's access log in JSON. Members are called as the variables that they hold, without the dollar;
 * `time`, `host` and `user_agent` are as in the configuration that we recommend. Any may be missing.
 *
 * @returns null when it has nothing of nginx
 */
export function readNginxJson(line: string, proxy: "nginx" | "nginx-stream"): ParsedLine | null {
  const fields = jsonLine(line);
  if (fields === null) return null;
  const status = numberIn(fields.status);
  if (status === null || !("remote_addr" in fields || "ssl_client_verify" in fields)) return null;
  const isStream = speaksOfStream(fields, proxy);
  const answer = nginxAnswer({
    status,
    request: isStream ? null : requestLine(fields),
    verify: text(fields.ssl_client_verify),
    protocol: text(fields.ssl_protocol),
    cipher: text(fields.ssl_cipher),
    bodyLength: numberIn(fields.body_bytes_sent),
  });
  if (answer === null) return { kind: "other" };
  const known = socketAddress(textIn(fields.remote_addr) ?? "");
  const peer = known && { address: known.address, port: known.port ?? numberIn(fields.remote_port) };
  const isUpstream = answer.direction === "upstream";
  return observed(timeOf(fields), {
    proxy: isStream ? "nginx-stream" : "nginx",
    log: "access",
    ...answer,
    ...(isEarlier(fields) ? { resumed: true } : {}),
    keys: [...connectionKeys(fields), ...peerKeys(peer)],
    peer: isUpstream ? null : peer,
    certificate: isUpstream ? null : certificateOf(fields),
    serverName: serverName(fields),
    listener: listenerOf(fields),
    upstream: lastUpstream(fields),
    tls: isUpstream || fields.ssl_cipher === UNFINISHED ? null : tlsVersion(text(fields.ssl_protocol)),
    status,
    quote: quoteOf(line, isUpstream || !("ssl_client_verify" in fields) ? "status" : "ssl_client_verify"),
  });
}

/** A stream has a protocol below it, and no request. */
function speaksOfStream(fields: JsonObject, proxy: string): boolean {
  if ("request" in fields || "request_uri" in fields || "uri" in fields) return false;
  return proxy === "nginx-stream" || "session_time" in fields || "bytes_received" in fields;
}

/** A format may have the parts of the request instead of its line. */
function requestLine(fields: JsonObject): string {
  return text(fields.request) ?? "GET / HTTP/1.1";
}

/** Empty texts are something else than members that are missing. */
function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function timeOf(fields: JsonObject): LogTime | null {
  const precise = textIn(fields.msec) ?? (typeof fields.msec === "number" ? String(fields.msec) : null);
  const stamp = textIn(fields.time) ?? textIn(fields.time_iso8601) ?? textIn(fields.time_local) ?? "";
  return (precise === null ? null : epochTime(precise)) ?? isoTime(stamp) ?? commonLogTime(stamp);
}

/** `.` is a new session; a connection's first request has the number 1. */
function isEarlier(fields: JsonObject): boolean {
  return fields.ssl_session_reused === "r" || (numberIn(fields.connection_requests) ?? 1) > 1;
}

function connectionKeys(fields: JsonObject): string[] {
  const connection = numberIn(fields.connection);
  return connection === null ? [] : [`connection ${connection}`];
}

function certificateOf(fields: JsonObject): Observation["certificate"] {
  const fingerprint = textIn(fields.ssl_client_fingerprint);
  return seenCertificate({
    subject: textIn(fields.ssl_client_s_dn),
    issuer: textIn(fields.ssl_client_i_dn),
    serial: hexSerial(textIn(fields.ssl_client_serial)),
    sha1: hexFingerprint(fingerprint, 20),
    sha256: hexFingerprint(fingerprint, 32),
    notBefore: opensslTime(textIn(fields.ssl_client_v_start) ?? ""),
    notAfter: opensslTime(textIn(fields.ssl_client_v_end) ?? ""),
  });
}

function serverName(fields: JsonObject): string | null {
  const asked = textIn(fields.ssl_server_name) ?? textIn(fields.ssl_preread_server_name);
  const served = textIn(fields.server_name);
  return asked ?? (served === "_" ? null : served);
}

function listenerOf(fields: JsonObject): string | null {
  const port = numberIn(fields.server_port);
  return port === null ? null : `${textIn(fields.server_addr) ?? ""}:${port}`;
}

/** All that were tried stand there, in turn: `192.0.2.9:8443, 192.0.2.10:8443 : 192.0.2.11:8443`. */
function lastUpstream(fields: JsonObject): string | null {
  const tried = textIn(fields.upstream_addr);
  if (tried === null) return null;
  return tried.slice(tried.lastIndexOf(" ") + 1).slice(0, 300) || null;
}

/** The member that says it, as it stands there. */
function quoteOf(line: string, name: string): string {
  const start = line.indexOf(`"${name}"`);
  if (start < 0) return "";
  const end = line.indexOf(",", start);
  return line.slice(start, end < 0 ? start + QUOTE_MAX : Math.min(end, start + QUOTE_MAX));
}
