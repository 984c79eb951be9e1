import type { LineParser, ParsedLine } from "#lib/handshake/observation.ts";
import { findingOfBoring } from "./boring-words.ts";
import { envoyAccess } from "./envoy-access.ts";
import { envoyDebug, envoyEntry, envoyJsonEntry } from "./envoy-debug.ts";
import { type EnvoyFields, fieldsOfJson } from "./envoy-fields.ts";
import { fieldsOfText } from "./envoy-text.ts";
import { jsonLine } from "./json-line.ts";
import { bareLine } from "./line-prefix.ts";
import type { LogTime } from "./log-time.ts";
import { observed } from "./observed.ts";

/**
 * Lines of Envoy, alone or in Istio and other gateways: access logs as text or JSON, and its own log at level debug.
 * Why a client was refused is only in a log of the listener with `%DOWNSTREAM_TRANSPORT_FAILURE_REASON%`: without a
 * request there is no line in any other.
 */
export const parseEnvoy: LineParser = (line, { receivedAt }) => {
  const { text, time } = bareLine(line, receivedAt);
  if (text.startsWith("{")) return jsonLineOf(text, time) ?? { kind: "not-understood" };
  const entry = envoyEntry(text);
  if (entry !== null) return envoyDebug(entry);
  const access = fieldsOfText(text.startsWith(EMISSARY) ? text.slice(EMISSARY.length) : text);
  if (access !== null) return envoyAccess(access, time);
  return answerBody(text) ?? reasonAlone(text) ?? { kind: "not-understood" };
};

/** What Emissary puts before each line of its access log. */
const EMISSARY = "ACCESS ";

function jsonLineOf(text: string, time: LogTime | null): ParsedLine | null {
  const json = jsonLine(text);
  if (json === null) return null;
  const entry = envoyJsonEntry(json);
  if (entry !== null) return envoyDebug({ ...entry, time: entry.time ?? time });
  const fields = fieldsOfJson(json);
  return isEnvoys(fields) ? envoyAccess(fields, time) : null;
}

/** Formats differ, but no other proxy calls a client downstream. */
function isEnvoys(fields: EnvoyFields): boolean {
  for (const name of fields.names())
    if (OWN.has(name) || (name.startsWith("downstream_") && !OTHERS.has(name))) return true;
  return false;
}

const OWN = new Set(["response_flags", "response_code_details", "upstream_transport_failure_reason"]);

/** Traefik's. */
const OTHERS = new Set(["downstream_status", "downstream_content_size"]);

const BODY = "upstream connect error or disconnect/reset before headers";
const BODY_REASON = "transport failure reason: ";

/** What a client got for an answer when the upstream failed, as people paste it. */
function answerBody(text: string): ParsedLine | null {
  if (!text.startsWith(BODY)) return null;
  const at = text.indexOf(BODY_REASON);
  const reason = at < 0 ? text.slice(BODY.length) : text.slice(at + BODY_REASON.length);
  const finding = findingOfBoring(reason);
  const quote = reason.slice(0, 300);
  return observed(null, {
    proxy: "envoy",
    log: "error",
    direction: "upstream",
    outcome: "refused",
    finding,
    quote,
  });
}

const REASON = /^\W{0,4}(?:TLS[_ ]error:|\d{6,10}:SSL[_ ]routines:OPENSSL_internal:)/;

/** The field alone, as people paste it. */
function reasonAlone(text: string): ParsedLine | null {
  const finding = REASON.test(text) ? findingOfBoring(text) : null;
  if (finding === null) return null;
  return observed(null, {
    proxy: "envoy",
    log: "error",
    direction: "inbound",
    directionAssumed: true,
    outcome: "refused",
    finding,
    quote: text.slice(0, 300),
  });
}
