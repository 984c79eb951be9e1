import type { Observation, ParsedLine } from "#lib/handshake/observation.ts";
import { findingOfBoring } from "./boring-words.ts";
import { envoyFields } from "./envoy-fields.ts";
import { envoyIdentity } from "./envoy-identity.ts";
import { type JsonObject, numberIn, textIn } from "./json-line.ts";
import { isoTime, type LogTime } from "./log-time.ts";
import { observed } from "./observed.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";

/** A line of Envoy's own log. */
export interface EnvoyEntry {
  time: LogTime | null;
  thread: string | null;
  message: string;
}

/** `[2026-04-09 07:31:04.250][15][debug][connection] [source/common/tls/ssl_socket.cc:251] …`. */
const ENVOY =
  /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d{1,9})\]\[(\d{1,10})\]\[[a-z]{1,10}\]\[[\w.-]{1,60}\] (?:\[[^\]\s]{1,200}:\d{1,6}\] )?/;

/** Istio's agent writes tabs between: time, level, `envoy connection`, place in the source, message, thread. */
const ISTIO =
  /^(\d{4}-\d\d-\d\dT[0-9:.]{8,18}Z)[\t ]+[a-z]{4,8}[\t ]+envoy [\w.-]{1,60}[\t ]+(?:\S{1,200}\.cc:\d{1,6}[\t ]+)?/;
const THREAD = /[\t ]thread=(\d{1,10})$/;

export function envoyEntry(text: string): EnvoyEntry | null {
  const [envoy, stamp = "", thread] = ENVOY.exec(text) ?? [];
  if (envoy !== undefined)
    return { time: isoTime(stamp), thread: thread ?? null, message: text.slice(envoy.length) };
  const [istio, time = ""] = ISTIO.exec(text) ?? [];
  if (istio === undefined) return null;
  const [tail = "", number] = THREAD.exec(text.slice(-24)) ?? [];
  const message = text.slice(istio.length, text.length - tail.length);
  return { time: isoTime(time), thread: number ?? null, message };
}

/** The same as JSON: Istio's agent has fixed names; with Envoy's own they are the operator's. */
export function envoyJsonEntry(fields: JsonObject): EnvoyEntry | null {
  const message = textIn(fields.msg) ?? textIn(fields.message) ?? textIn(fields.Message);
  const scope = textIn(fields.scope) ?? textIn(fields.logger) ?? textIn(fields.Name) ?? "";
  const isEnvoys = scope.startsWith("envoy ") || CONNECTION.test(message ?? "") || DETAIL.test(message ?? "");
  if (message === null || !isEnvoys) return null;
  const time = textIn(fields.time) ?? textIn(fields.timestamp) ?? textIn(fields.Timestamp) ?? "";
  const thread = numberIn(fields.thread) ?? numberIn(fields.ThreadId);
  return { time: time.length > 64 ? null : isoTime(time), thread: thread?.toString() ?? null, message };
}

/** `[C31] ` of old; `[Tags: "ConnectionId":"31"] ` since 1.29. */
const CONNECTION = /^\[(?:C(\d{1,20})\]|Tags: "ConnectionId":"(\d{1,20})"[^\]]{0,200}\]) ?/;
const DETAIL = /^verify cert failed: |^X509_verify_cert: /;
const REMOTE = /^remote address:(\S{1,80}?),(?=TLS)/;
const FAILED = /^TLS[_ ]error:/;

export function envoyDebug({ time, thread, message }: EnvoyEntry): ParsedLine {
  const [prefix = "", old, tagged] = CONNECTION.exec(message) ?? [];
  const said = message.slice(prefix.length);
  const connection = old ?? tagged;
  const keys = connection === undefined ? [] : [`connection ${connection}`];
  if (DETAIL.test(said)) return verification({ time, thread, message: said });
  const [remote = "", address = ""] = REMOTE.exec(said) ?? [];
  const reason = said.slice(remote.length);
  if (!FAILED.test(reason)) return begun(said, time, keys) ?? { kind: "other" };
  const finding = findingOfBoring(reason);
  const peer = socketAddress(address);
  const { direction, isSure } = directionOf(peer, reason);
  return observed(time, {
    proxy: "envoy",
    log: "error",
    direction,
    ...(isSure ? {} : { directionAssumed: true }),
    outcome: "refused",
    finding: finding ?? { kind: "reason", reason: "not-said", words: reason.slice(0, 300) },
    keys: [...keys, ...peerKeys(peer), ...(VERIFY.test(reason) ? moments(time, thread, 2) : [])],
    ...(direction === "inbound" ? { peer } : { upstream: address }),
    certificate: envoyIdentity(envoyFields(new Map()), "downstream", reason),
    quote: reason.slice(0, 300),
  });
}

const VERIFY = /CERTIFICATE_VERIFY_FAILED/;

/** Why a certificate was refused, up to 2025 in a line of its own, which says neither whose nor which connection. */
function verification({ time, thread, message }: EnvoyEntry): ParsedLine {
  return observed(time, {
    proxy: "envoy",
    log: "error",
    direction: "inbound",
    directionAssumed: true,
    outcome: "refused",
    finding: findingOfBoring(message),
    keys: moments(time, thread, 1),
    certificate: envoyIdentity(envoyFields(new Map()), "downstream", message),
    quote: message.slice(0, 300),
  });
}

/** The thread has one thing in hand at a time: its line of failure comes within the same millisecond, or the next. */
function moments(time: LogTime | null, thread: string | null, count: number): string[] {
  if (time === null || thread === null) return [];
  return Array.from({ length: count }, (_, before) => `thread ${thread} at ${time.at - before}`);
}

/** Servers have low ports, and those of clients are higher: the line itself does not say whose handshake it was. */
const CLIENT_PORTS_FROM = 10_000;
const ONLY_OF_CLIENTS = /PEER_DID_NOT_RETURN_A_CERTIFICATE|HTTP_REQUEST|NO_SHARED_CIPHER/;

function directionOf(
  peer: Observation["peer"],
  reason: string,
): { direction: Observation["direction"]; isSure: boolean } {
  if (ONLY_OF_CLIENTS.test(reason)) return { direction: "inbound", isSure: true };
  const isServer = (peer?.port ?? CLIENT_PORTS_FROM) < CLIENT_PORTS_FROM;
  return { direction: isServer ? "upstream" : "inbound", isSure: isServer };
}

const FROM_CLIENT = /^new connection from (\S{1,80})$/;
const TO_UPSTREAM = /^connecting to (\S{1,80})$/;
const NO_CHAIN = /^closing connection from (\S{1,80}): (no matching filter chain found)/;

/** How a connection begins, which says whose it is. */
function begun(said: string, time: LogTime | null, keys: readonly string[]): ParsedLine | null {
  const line = { proxy: "envoy", log: "error", outcome: "unknown", quote: "" } as const;
  const client = FROM_CLIENT.exec(said)?.[1];
  if (client !== undefined) {
    const peer = socketAddress(client);
    return observed(time, { ...line, direction: "inbound", peer, keys: [...keys, ...peerKeys(peer)] });
  }
  const upstream = TO_UPSTREAM.exec(said)?.[1];
  if (upstream !== undefined) return observed(time, { ...line, direction: "upstream", upstream, keys });
  const [, address = "", words] = NO_CHAIN.exec(said) ?? [];
  if (words === undefined) return null;
  const peer = socketAddress(address);
  const finding = { kind: "reason", reason: "server-name", words } as const;
  const refused = { ...line, direction: "inbound", outcome: "refused", finding, quote: words } as const;
  return observed(time, { ...refused, peer, keys: peerKeys(peer) });
}
