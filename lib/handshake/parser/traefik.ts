import type { LineParser, ParsedLine } from "#lib/handshake/observation.ts";
import { goHandshakeError } from "./go-handshake-line.ts";
import { dialledIn, upstreamParts } from "./go-upstream.ts";
import { findingOfGo } from "./go-words.ts";
import { jsonLine, textIn } from "./json-line.ts";
import { bareLine } from "./line-prefix.ts";
import { observed } from "./observed.ts";
import { traefikCommonAccess, traefikJsonAccess } from "./traefik-access.ts";
import { type TraefikEntry, traefikEntry } from "./traefik-entry.ts";

/**
 * Lines of Traefik 1 to 3: its log and its access log, as text or JSON. Why a client was refused is there at level
 * debug only; why an upstream was, too, and the access log has no more of it than a status.
 */
export const parseTraefik: LineParser = (line, { receivedAt }) => {
  const bare = bareLine(line, receivedAt);
  const { text } = bare;
  const access = text.startsWith("{") ? jsonAccess(text) : traefikCommonAccess(text);
  if (access !== null) return access;
  const entry = traefikEntry(bare);
  if (entry === null) return { kind: "not-understood" };
  return handshakeError(entry) ?? upstreamError(entry) ?? { kind: "other" };
};

function jsonAccess(text: string): ParsedLine | null {
  const fields = jsonLine(text);
  return fields === null ? null : traefikJsonAccess(fields);
}

function handshakeError({ time, message, error, fields }: TraefikEntry): ParsedLine | null {
  const said = goHandshakeError(error === null ? message : `${message}: ${error}`);
  if (said === null) return null;
  const listener = said.listener ?? textIn(fields.entryPointName);
  return observed(time, {
    proxy: "traefik",
    log: "error",
    direction: "inbound",
    outcome: "refused",
    ...said,
    listener,
  });
}

/** `500 Internal Server Error error="…"`, `'502 Bad Gateway' caused by: …`, and the words for TCP and health checks. */
const UPSTREAM =
  /^(?:'?[45]\d\d [A-Z]|Error (?:while |during |connecting |dialing )|(?:Backend )?health ?check|Health check)/i;

function upstreamError({ time, message, error, fields }: TraefikEntry): ParsedLine | null {
  if (!UPSTREAM.test(message)) return null;
  const cause = error ?? message;
  const finding = findingOfGo(cause);
  if (finding === null) return null;
  const upstream = textIn(fields.targetURL) ?? textIn(fields.serverURL) ?? dialledIn(cause);
  return observed(time, {
    proxy: "traefik",
    log: "error",
    direction: "upstream",
    outcome: "refused",
    finding,
    upstream,
    ...upstreamParts(causedBy(cause), finding),
  });
}

const CAUSED_BY = "caused by: ";

function causedBy(text: string): string {
  const at = text.indexOf(CAUSED_BY);
  return at < 0 ? text : text.slice(at + CAUSED_BY.length);
}
