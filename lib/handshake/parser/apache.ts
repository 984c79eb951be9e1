import type { LineContext, Observation, ParsedLine } from "#lib/handshake/observation.ts";
import { apacheAccess } from "./apache-access.ts";
import { apacheCertificate } from "./apache-certificate.ts";
import { type ApacheErrorHead, apacheErrorHead } from "./apache-error-head.ts";
import { type ApacheVerdict, apacheVerdict } from "./apache-error-words.ts";
import { bareLine } from "./line-prefix.ts";
import { observed } from "./observed.ts";
import { peerKeys } from "./socket-address.ts";

/**
 * Lines of Apache's error log, in its default format and in the recommended one, and of its access logs: `common`,
 * `combined`, `vhost_combined` and the recommended `mtls`. One handshake is four to nine lines at level ssl:info, and
 * some of them know no more of their connection than the thread.
 */
export function parseApache(line: string, { receivedAt }: LineContext): ParsedLine {
  const { text, program, time } = bareLine(line, receivedAt);
  const head = text.startsWith("[") ? apacheErrorHead(text) : null;
  if (head === null) {
    return apacheAccess(text) ?? { kind: isApache(program) ? "other" : "not-understood" };
  }
  const verdict = apacheVerdict(head);
  // In syslog the line has no time of its own.
  return verdict === null ? { kind: "other" } : errorLine({ ...head, time: head.time ?? time }, verdict);
}

function isApache(program: string | null): boolean {
  return program !== null && /^(?:apache2?|httpd)\b/.test(program);
}

function errorLine(head: ApacheErrorHead, verdict: ApacheVerdict): ParsedLine {
  const { message, time } = head;
  const direction = verdict.direction ?? (head.isRemote ? "upstream" : null);
  const address = upstreamOf(head, verdict, direction);
  return observed(time, {
    proxy: "apache",
    log: "error",
    keys: keysOf(head, verdict),
    peer: direction === "upstream" ? null : head.peer,
    direction: direction ?? "inbound",
    ...(direction === null ? { directionAssumed: true } : {}),
    outcome: verdict.outcome,
    finding: verdict.finding,
    certificate: verdict.certificate === undefined ? null : apacheCertificate(message, verdict.certificate),
    serverName: serverNameOf(head),
    listener: LISTENER.exec(message.slice(0, 600))?.[1] ?? null,
    upstream: address,
    quote: quoteOf(message),
  });
}

function upstreamOf(
  { peer }: ApacheErrorHead,
  { upstream, ofRequest }: ApacheVerdict,
  direction: Observation["direction"] | null,
): string | null {
  if (upstream !== undefined) return upstream;
  if (direction !== "upstream" || ofRequest || peer === null) return null;
  return `${peer.address}:${peer.port}`;
}

/**
 * A line about the request of a client is of the client's connection, and says where the upstream is: that connection
 * has lines of its own, of the same worker. Where the format has no ids of connections, those to one upstream are told
 * apart by their workers.
 */
function keysOf(head: ApacheErrorHead, { upstream, ofRequest }: ApacheVerdict): string[] {
  const { connection, peer, thread, isRemote } = head;
  const address = upstream ?? (isRemote && peer !== null ? `${peer.address}:${peer.port}` : null);
  return [
    ...(connection === null || ofRequest ? [] : [`connection ${connection}`]),
    ...(isRemote ? [] : peerKeys(peer)),
    ...(address === null ? [] : [`upstream ${address}`]),
    ...(thread === null ? [] : [`worker ${thread}`]),
  ];
}

const LISTENER = / \(server ([^\s()]{1,255})\)/;
/** Of the name that the certificate is not for. */
const WANTED = /(?:for hostname|Requested hostname:) ([^\s]{1,255})/;

function serverNameOf({ message, vhost }: ApacheErrorHead): string | null {
  return WANTED.exec(message.slice(0, 600))?.[1] ?? vhost;
}

/** Without the certificate, which is told apart. */
function quoteOf(message: string): string {
  const end = message.indexOf(" [subject: ");
  return message.slice(0, end < 0 ? 300 : Math.min(end, 300));
}
