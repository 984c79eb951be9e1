import type { LineParser, ParsedLine } from "#lib/handshake/observation.ts";
import { type CaddyEntry, caddyEntry } from "./caddy-entry.ts";
import { caddyRequest, peerOf } from "./caddy-request.ts";
import { goAnswer } from "./go-answer.ts";
import { goHandshakeError } from "./go-handshake-line.ts";
import { dialledIn, upstreamParts } from "./go-upstream.ts";
import { findingOfGo } from "./go-words.ts";
import { numberIn, objectIn, textIn, textsIn } from "./json-line.ts";
import { observed } from "./observed.ts";
import { peerKeys } from "./socket-address.ts";

/**
 * Lines of Caddy 2: JSON or console, errors and requests. Why a client was refused is there at level debug only, and
 * never whose certificate it was; why an upstream was, at level error.
 */
export const parseCaddy: LineParser = (line, { receivedAt }) => {
  const entry = caddyEntry(line, receivedAt);
  if (entry === null) return { kind: "not-understood" };
  return (
    handshakeError(entry) ??
    request(entry) ??
    requestError(entry) ??
    roundTrip(entry) ??
    healthCheck(entry) ??
    clientHello(entry) ??
    certificateChoice(entry) ?? { kind: "other" }
  );
};

function handshakeError({ time, message }: CaddyEntry): ParsedLine | null {
  const error = goHandshakeError(message);
  if (error === null) return null;
  return observed(time, { proxy: "caddy", log: "error", direction: "inbound", outcome: "refused", ...error });
}

function request({ time, logger, message, fields }: CaddyEntry): ParsedLine | null {
  if (!logger.startsWith("http.log.access") && message !== "handled request") return null;
  const status = numberIn(fields.status);
  const asked = caddyRequest(fields);
  const answer = goAnswer(status, asked.tls);
  return observed(time, {
    proxy: "caddy",
    log: "access",
    status,
    ...asked,
    ...answer,
    peer: answer.direction === "upstream" ? null : asked.peer,
    quote: answer.outcome === "accepted" ? "" : `"status":${status}`,
  });
}

/** What became of a request that could not be answered: its message is the error itself. */
function requestError({ time, logger, message, fields }: CaddyEntry): ParsedLine | null {
  if (!logger.startsWith("http.log.error")) return null;
  const finding = findingOfGo(message);
  if (finding === null) return null;
  const asked = caddyRequest(fields);
  const status = numberIn(fields.status);
  const said = { proxy: "caddy", log: "error", outcome: "refused", finding, status, ...asked } as const;
  if (finding.kind === "reason" && finding.reason === "misdirected")
    return observed(time, { ...said, direction: "inbound", quote: message.slice(0, 300) });
  return observed(time, {
    ...said,
    direction: "upstream",
    upstream: dialledIn(message),
    peer: null,
    tls: null,
    ...upstreamParts(message, finding),
  });
}

/** At level debug each request to an upstream has a line, whatever came of it. */
function roundTrip({ time, message, fields }: CaddyEntry): ParsedLine | null {
  if (message !== "upstream roundtrip") return null;
  const error = textIn(fields.error);
  const said = {
    ...caddyRequest(fields),
    proxy: "caddy",
    log: "error",
    direction: "upstream",
    upstream: textIn(fields.upstream),
    peer: null,
    certificate: null,
    tls: null,
    status: numberIn(fields.status),
  } as const;
  if (error === null) return observed(time, { ...said, outcome: "accepted" });
  const finding = findingOfGo(error);
  if (finding === null) return { kind: "other" };
  return observed(time, { ...said, outcome: "refused", finding, ...upstreamParts(error, finding) });
}

function healthCheck({ time, logger, fields }: CaddyEntry): ParsedLine | null {
  const error = textIn(fields.error);
  if (error === null || !logger.includes("health_check")) return null;
  const finding = findingOfGo(error);
  if (finding === null) return null;
  return observed(time, {
    proxy: "caddy",
    log: "error",
    direction: "upstream",
    outcome: "refused",
    finding,
    upstream: textIn(fields.host) ?? dialledIn(error),
    ...upstreamParts(error, finding),
  });
}

/** The name that the client asked for. Up to 2.6 nothing in the line tells which client it was. */
function clientHello({ time, fields }: CaddyEntry): ParsedLine | null {
  if (fields.name !== "tls_get_certificate") return null;
  const hello = objectIn(objectIn(fields.data)?.client_hello);
  const remote = objectIn(hello?.RemoteAddr);
  const serverName = textIn(hello?.ServerName);
  const peer = peerOf({ remote_ip: remote?.IP, remote_port: remote?.Port });
  const keys = peerKeys(peer);
  if (serverName === null || keys.length === 0) return null;
  return observed(time, {
    proxy: "caddy",
    log: "error",
    direction: "inbound",
    outcome: "unknown",
    peer,
    keys,
    serverName,
  });
}

/** What the proxy showed, or that it had nothing to show for a name; both with the client's address and port. */
function certificateChoice({ time, message, fields }: CaddyEntry): ParsedLine | null {
  const isNone = message === "no certificate matching TLS ClientHello";
  if (!isNone && message !== "matched certificate in cache") return null;
  const peer = peerOf(fields);
  const said = { proxy: "caddy", log: "error", direction: "inbound", peer, keys: peerKeys(peer) } as const;
  const serverName = textIn(fields.server_name);
  if (isNone) {
    const finding = { kind: "reason", reason: "server-name", words: message } as const;
    return observed(time, { ...said, outcome: "refused", finding, serverName, quote: message });
  }
  const subjects = textsIn(fields.subjects);
  const notAfter = numberIn(fields.expiration);
  const names = subjects.map((name) => `dns:${name}`);
  return observed(time, {
    ...said,
    outcome: "unknown",
    served: { names, notAfter: notAfter === null ? null : notAfter * 1_000 },
    serverName: subjects[0] ?? null,
  });
}
