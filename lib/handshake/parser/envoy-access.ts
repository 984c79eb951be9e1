import type { Finding, Observation, ParsedLine } from "#lib/handshake/observation.ts";
import { findingOfBoring } from "./boring-words.ts";
import type { EnvoyFields } from "./envoy-fields.ts";
import { envoyIdentity } from "./envoy-identity.ts";
import { epochTime, isoTime, type LogTime } from "./log-time.ts";
import { observed } from "./observed.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";
import { tlsVersion } from "./tls-version.ts";

/** What a line of an access log says of the handshake, with the client or the upstream. */
export function envoyAccess(fields: EnvoyFields, prefix: LogTime | null): ParsedLine {
  const answer = answerOf(fields);
  const isInbound = answer.direction === "inbound";
  const peer = peerOf(fields);
  const connection = fields.get("connection_id");
  return observed(timeOf(fields) ?? prefix, {
    proxy: "envoy",
    log: "access",
    ...answer,
    peer: isInbound ? peer : null,
    keys: [...(connection === null ? [] : [`connection ${connection}`]), ...peerKeys(peer)],
    certificate: envoyIdentity(fields, isInbound ? "downstream" : "upstream", answer.quote),
    serverName: fields.get("requested_server_name", "sni") ?? hostOf(fields),
    listener: fields.get("downstream_local_address", "listener"),
    upstream: fields.get("upstream_host", "upstream_remote_address", "upstream_cluster"),
    tls: tlsVersion(fields.get(isInbound ? "downstream_tls_version" : "upstream_tls_version", "tls_version")),
    status: statusOf(fields),
  });
}

type Answer = Pick<Observation, "direction" | "outcome" | "finding" | "quote">;

function answerOf(fields: EnvoyFields): Answer {
  const reason = failureReason(fields);
  if (reason !== null)
    return {
      direction: isUpstreams(reason.name, fields) ? "upstream" : "inbound",
      outcome: "refused",
      finding: findingOfBoring(reason.text) ?? notSaid(reason.text),
      quote: reason.text.slice(0, 300),
    };
  return filterChain(fields) ?? upstreamFlag(fields) ?? leftEarly(fields) ?? served(fields);
}

const DOWNSTREAM_REASONS = ["downstream_transport_failure_reason", "transport_failure_reason"];
const OTHER_REASON = /(?:fail|error|reason)/;

/** The field for failures of the transport, also under a name of the operator's. */
function failureReason(fields: EnvoyFields): { name: string; text: string } | null {
  const known = [...DOWNSTREAM_REASONS, "upstream_transport_failure_reason"];
  for (const name of known) {
    const text = fields.get(name);
    if (text !== null) return { name, text };
  }
  for (const name of fields.names()) {
    const text = OTHER_REASON.test(name) ? fields.get(name) : null;
    if (text !== null && /^TLS[_ ]error:/.test(text)) return { name, text };
  }
  return null;
}

/** A name of the operator's may not tell; flags do. */
function isUpstreams(name: string, fields: EnvoyFields): boolean {
  if (DOWNSTREAM_REASONS.includes(name)) return false;
  return name.includes("upstream") || (!name.includes("downstream") && upstreamFlag(fields) !== null);
}

/** No filter chain is for the name that was asked for, or for what came, which may not have been TLS. */
function filterChain(fields: EnvoyFields): Answer | null {
  const details = fields.get("response_code_details") ?? "";
  const isNone = details === "filter_chain_not_found";
  if (!isNone && !(hasFlag(fields, "NR", "NoRouteFound") && isWithoutRequest(fields))) return null;
  const words = isNone ? details : "NR";
  return inbound("refused", { kind: "reason", reason: "server-name", words }, words);
}

/** Flags that say that the way to the upstream failed, of which the transport has nothing to say. */
function upstreamFlag(fields: EnvoyFields): Answer | null {
  const failed = hasFlag(fields, "UF", "UpstreamConnectionFailure");
  const ended = hasFlag(fields, "UC", "UpstreamConnectionTermination");
  const other = hasFlag(fields, "UH", "NoHealthyUpstream", "URX", "UpstreamRetryLimitExceeded");
  if (!failed && !ended && !other) return null;
  const details = fields.get("response_code_details", "connection_termination_details") ?? "";
  const quote = (details || (fields.get("response_flags") ?? "")).slice(0, 300);
  // In TLS 1.3 the upstream's refusal comes after the handshake, and is the end of a connection.
  const ending: Finding | null = ended ? { kind: "reason", reason: "closed", words: quote } : null;
  const finding = findingOfBoring(details) ?? ending ?? (failed ? notSaid(quote) : null);
  return { direction: "upstream", outcome: failed ? "refused" : "unknown", finding, quote };
}

/** All that old versions log of a handshake that failed: no request, no octet, no upstream. */
function leftEarly(fields: EnvoyFields): Answer | null {
  const isEmpty =
    fields.has("bytes_received") && count(fields, "bytes_received") + count(fields, "bytes_sent") === 0;
  const isTls = fields.get("downstream_tls_version", "tls_version") !== null;
  const isNothing = !isTls && isWithoutRequest(fields) && isEmpty && fields.get("upstream_host") === null;
  return isNothing ? inbound("refused", notSaid("no request, no octets, no upstream")) : null;
}

function served(fields: EnvoyFields): Answer {
  const status = statusOf(fields);
  if (status === 421) return inbound("refused", { kind: "reason", reason: "misdirected", words: "" });
  const isTls = fields.get("downstream_tls_version", "tls_version", "downstream_peer_subject") !== null;
  const isAnswered = status !== null && status > 0 && status < 400;
  return inbound(isTls || isAnswered || fields.get("upstream_host") !== null ? "accepted" : "unknown", null);
}

function inbound(outcome: Observation["outcome"], finding: Finding | null, quote = ""): Answer {
  return { direction: "inbound", outcome, finding, quote };
}

function notSaid(words: string): Finding {
  return { kind: "reason", reason: "not-said", words: words.slice(0, 300) };
}

function hasFlag(fields: EnvoyFields, ...flags: string[]): boolean {
  const set = fields.get("response_flags", "response_flags_long")?.split(",", 20) ?? [];
  return set.some((flag) => flags.includes(flag));
}

/** A listener's own log, and that of TCP. */
function isWithoutRequest(fields: EnvoyFields): boolean {
  return fields.get("method", "request_method", "req_method", "path") === null && !statusOf(fields);
}

function count(fields: EnvoyFields, name: string): number {
  return Number(fields.get(name) ?? 0);
}

function statusOf(fields: EnvoyFields): number | null {
  const code = fields.get("response_code", "status", "status_code") ?? "";
  return /^\d{1,3}$/.test(code) && code !== "0" ? Number(code) : null;
}

function timeOf(fields: EnvoyFields): LogTime | null {
  const time = fields.get("start_time", "timestamp", "time", "ts") ?? "";
  return time.length > 64 ? null : (isoTime(time) ?? epochTime(time));
}

/** `DIRECT` is who connected; the other may be what a proxy before this one says. */
function peerOf(fields: EnvoyFields): Observation["peer"] {
  const text = fields.get(
    "downstream_direct_remote_address",
    "downstream_remote_address",
    "downstream_direct_remote_address_without_port",
    "downstream_remote_address_without_port",
  );
  const peer = text === null ? null : socketAddress(text);
  const port = fields.get("downstream_direct_remote_port", "downstream_remote_port") ?? "";
  return peer !== null && peer.port === null && /^\d{1,5}$/.test(port)
    ? { ...peer, port: Number(port) }
    : peer;
}

function hostOf(fields: EnvoyFields): string | null {
  return fields.get("authority", "host", "req_authority")?.replace(/:\d{1,5}$/, "") ?? null;
}
