import type { LineContext, ParsedLine } from "#lib/handshake/observation.ts";
import { errorPart, haproxyFields, httpsLogFields } from "./haproxy-fields.ts";
import { findingOfMessage, frontendFinding } from "./haproxy-finding.ts";
import { type HaproxyHead, haproxyHead } from "./haproxy-head.ts";
import { healthCheck } from "./haproxy-health.ts";
import { certificateOf, versionOf } from "./haproxy-identity.ts";
import { trafficLine } from "./haproxy-traffic.ts";
import { bareLine } from "./line-prefix.ts";
import { observed } from "./observed.ts";
import { peerKeys } from "./socket-address.ts";

/**
 * HAProxy's lines: the default line of an error, those of `option tcplog`, `httplog` and `httpslog`, the recommended
 * formats with their fields, and servers that a check has found down. HAProxy's date has no time zone.
 */
export function parseHaproxy(line: string, { receivedAt }: LineContext): ParsedLine {
  const { text, program, time } = bareLine(line, receivedAt);
  const head = haproxyHead(text);
  const parsed = head === null ? healthCheck(text, time) : parseBody(head);
  if (parsed !== null) return parsed;
  return program?.startsWith("haproxy") && head === null ? { kind: "other" } : { kind: "not-understood" };
}

function parseBody(head: HaproxyHead): ParsedLine | null {
  if (head.frontend.endsWith(":")) return defaultError(head);
  return recommendedError(head) ?? trafficLine(head);
}

/** `fe/1: SSL handshake failure`. */
function defaultError({ time, peer, frontend, body }: HaproxyHead): ParsedLine | null {
  const slash = frontend.lastIndexOf("/");
  if (slash < 1) return null;
  const message = body.trim();
  return observed(time, {
    proxy: "haproxy",
    log: "error",
    keys: peerKeys(peer),
    peer,
    direction: "inbound",
    outcome: "refused",
    finding: findingOfMessage(message),
    listener: frontend.slice(0, slash),
    quote: message.slice(0, 300),
  });
}

const CONNECTIONS = /^ \d{1,10}\/\d{1,10}(?= )/;

/** `%ac/%fc` and then the fields, or those of `option httpslog`. */
function recommendedError({ time, peer, frontend, body }: HaproxyHead): ParsedLine | null {
  const counts = CONNECTIONS.exec(body)?.[0];
  if (counts === undefined) return null;
  const rest = body.slice(counts.length);
  const fields = httpsLogFields(rest) ?? haproxyFields(rest);
  if (fields.get("fc_err") === null && fields.get("ssl_fc_err") === null) return null;
  const finding = frontendFinding(fields);
  return observed(time, {
    proxy: "haproxy",
    log: "error",
    keys: peerKeys(peer),
    peer,
    direction: "inbound",
    outcome: finding === null ? "unknown" : "refused",
    finding,
    certificate: certificateOf(fields),
    serverName: fields.get("sni"),
    listener: frontend.replace(/~$/, ""),
    tls: versionOf(fields, finding),
    quote: errorPart(rest),
  });
}
