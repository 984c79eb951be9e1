import type { Finding, Observation, ParsedLine } from "#lib/handshake/observation.ts";
import { errorPart, type HaproxyFields, haproxyFields, httpsLogFields } from "./haproxy-fields.ts";
import { backendFinding, frontendFinding, verification } from "./haproxy-finding.ts";
import type { HaproxyHead } from "./haproxy-head.ts";
import { certificateOf, versionOf } from "./haproxy-identity.ts";
import { observed } from "./observed.ts";
import { peerKeys } from "./socket-address.ts";
import { tlsVersion } from "./tls-version.ts";

/**
 * A line of a request or a connection: `option httplog`, `httpslog` and `tcplog`, and the recommended `log-format`.
 * The client got in (a frontend with TLS is marked `~`), and the server may have been reached or not.
 */
export function trafficLine(head: HaproxyHead): ParsedLine | null {
  const request = requestEnd(head.body);
  const traffic = readTraffic(head.body.slice(0, request.start));
  if (traffic === null) return null;
  const rest = head.body.slice(request.end);
  const fields = httpsLogFields(rest) ?? haproxyFields(rest);
  const verdict = toServer(traffic, fields) ?? fromClient(head, traffic, fields);
  const upstream = verdict.direction === "upstream";
  return observed(head.time, {
    proxy: "haproxy",
    log: "access",
    keys: peerKeys(head.peer),
    peer: upstream ? null : head.peer,
    ...verdict,
    ...(!upstream && fields.get("resumed") === "1" ? { resumed: true } : {}),
    certificate: upstream ? null : certificateOf(fields),
    serverName: upstream ? null : fields.get("sni"),
    listener: head.frontend.replace(/~$/, ""),
    upstream: traffic.server.endsWith(NO_SERVER) ? null : traffic.server,
    tls: upstream ? agreedVersion(fields, verdict) : versionOf(fields, verdict.finding),
    status: traffic.status,
    quote: quoteOf(head.body.slice(0, request.start), rest, verdict.finding),
  });
}

/** The request stands in quotes, and HAProxy encodes a quote in it. A line of TCP has none. */
function requestEnd(body: string): { start: number; end: number } {
  const fields = body.search(FIRST_FIELD);
  const start = body.indexOf(' "');
  if (start < 0 || (fields >= 0 && fields < start)) {
    const end = fields < 0 ? body.length : fields;
    return { start: end, end };
  }
  const end = body.indexOf('"', start + 2);
  return { start, end: end < 0 ? body.length : end + 1 };
}

const FIRST_FIELD = / (?:fc_err|bc_err|ssl_fc|ssl_bc|ssl_c_used)[a-z_]{0,20}=/;

/** The proxy answered itself, or found no server that is up. */
const NO_SERVER = "/<NOSRV>";

interface Traffic {
  /** `be/s1`. */
  server: string;
  status: number | null;
  /** Why the session ended: two letters, and two more about cookies. */
  flags: string;
}

const TIMES = /^[-+]?\d{1,10}(?:\/[-+]?\d{1,10}){2,4}$/;
const COUNTS = /^\d{1,10}(?:\/\+?\d{1,10}){4}$/;
const HTTP_FLAGS = /^[A-Za-z-]{4}$/;
const TCP_FLAGS = /^[A-Za-z-]{2}$/;

function readTraffic(text: string): Traffic | null {
  const [server = "", times = "", third = "", ...others] = text.trim().split(" ").slice(0, 12);
  if (!server.includes("/") || !TIMES.test(times)) return null;
  const http = times.split("/").length === 5;
  const shape = http ? HTTP_FLAGS : TCP_FLAGS;
  // Cookies may stand before, and look like flags; counts or nothing stand behind.
  const flags = others.find((word, at) => shape.test(word) && COUNTS.test(others[at + 1] ?? "0/0/0/0/0"));
  if (flags === undefined) return null;
  return { server, status: http && /^\d{3}$/.test(third) ? Number(third) : null, flags };
}

type Verdict = Pick<Observation, "direction" | "outcome" | "finding">;

const words = (finding: "not-said" | "unreachable", text: string): Finding => ({
  kind: "reason",
  reason: finding,
  words: text,
});

/** Null when the line is of the client's side of the connection. */
function toServer({ server, status, flags }: Traffic, fields: HaproxyFields): Verdict | null {
  const finding = backendFinding(fields);
  if (finding !== null) return { direction: "upstream", outcome: "refused", finding };
  const failed = flags.startsWith("S") && (status === null || status >= 500);
  const told = fields.get("ssl_bc") !== null;
  if (!failed)
    return told && !isFromTls(fields) ? { direction: "upstream", outcome: "accepted", finding: null } : null;
  // Nothing is said of the connection when there never was one.
  if (told && flags.startsWith("SC") && fields.get("bc_err") === null) {
    return { direction: "upstream", outcome: "refused", finding: words("unreachable", flags) };
  }
  const refused = flags.startsWith("SC") && !server.endsWith(NO_SERVER);
  return {
    direction: "upstream",
    outcome: refused ? "refused" : "unknown",
    finding: words("not-said", flags),
  };
}

function isFromTls(fields: HaproxyFields): boolean {
  return fields.get("ver") !== null || fields.get("fc_err") !== null;
}

/** Denied by the proxy's own rules. */
const DENIED = "PR";

function fromClient(head: HaproxyHead, { status, flags }: Traffic, fields: HaproxyFields): Verdict {
  const broken = frontendFinding(fields);
  if (broken !== null) return { direction: "inbound", outcome: "refused", finding: broken };
  const denied = flags.startsWith(DENIED) && status !== null && status >= 400;
  // With `crt-ignore-err` the handshake succeeds, and a rule refuses the request.
  const ignored = denied ? verification(fields, "last") : null;
  if (ignored !== null) return { direction: "inbound", outcome: "refused", finding: ignored };
  if (denied && fields.get("ssl_c_used") === "0") {
    const finding: Finding = { kind: "reason", reason: "certificate-absent", words: "ssl_c_used=0" };
    return { direction: "inbound", outcome: "unknown", finding };
  }
  const overTls = head.frontend.endsWith("~") || fields.get("ver") !== null;
  return { direction: "inbound", outcome: overTls ? "accepted" : "unknown", finding: null };
}

/** Of a handshake that failed it is the one that the proxy began with. */
function agreedVersion(fields: HaproxyFields, { outcome }: Verdict): Observation["tls"] {
  return outcome === "accepted" ? tlsVersion(fields.get("ssl_bc_protocol")) : null;
}

function quoteOf(traffic: string, rest: string, finding: Finding | null): string {
  if (finding === null) return traffic.trim().slice(0, 300);
  const errors = errorPart(rest);
  return errors === "" ? traffic.trim().slice(0, 300) : errors;
}
