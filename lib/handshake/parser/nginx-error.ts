import type { Observation, ParsedLine, SeenCertificate } from "#lib/handshake/observation.ts";
import { type NginxErrorLine, nginxErrorLine } from "./nginx-error-line.ts";
import { nginxVerdict } from "./nginx-error-words.ts";
import { observed } from "./observed.ts";
import { seenCertificate } from "./seen-certificate.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";

const QUOTE_MAX = 300;

/**
 * Reads a line of the error log of nginx, of whatever level. HTTP and streams may write to the same one, and some lines
 * tell which it was.
 *
 * @param proxy what it is taken for when the line does not tell
 * @returns null when it is no line of an error log
 */
export function readNginxError(text: string, proxy: "nginx" | "nginx-stream"): ParsedLine | null {
  const line = nginxErrorLine(text);
  if (line === null) return null;
  const isStream = speaksOfStream(line, proxy);
  const begun = connected({ ...line, isStream });
  if (begun !== null) return begun;
  const verdict = nginxVerdict({ ...line, isStream });
  if (verdict === null) return { kind: "other" };
  const direction = isOfUpstream(line) ? "upstream" : "inbound";
  return observed(line.time, {
    proxy: isStream ? "nginx-stream" : "nginx",
    log: "error",
    direction,
    // A step of a verification is of the client's chain or of the upstream's.
    ...(line.message.startsWith(STEP) ? { directionAssumed: true } : {}),
    ...verdict,
    keys: connectionKeys(line),
    peer: direction === "upstream" ? null : socketAddress(line.client),
    certificate: certificateOfStep(line),
    ...serverOf(line.server),
    upstream: upstreamAddress(line.upstream),
    quote: line.said.slice(0, QUOTE_MAX),
  });
}

/** HTTP refuses a certificate when it reads the request, a stream as soon as the handshake is done. */
function speaksOfStream({ isStream, doing, message, request }: NginxErrorLine, proxy: string): boolean {
  if (isStream) return true;
  if (request !== "" || /\brequest\b/.test(doing)) return false;
  const isEarly = doing === "SSL handshaking" && OF_STREAM.some((beginning) => message.startsWith(beginning));
  return proxy === "nginx-stream" || isEarly || CONNECTED.test(message);
}

const OF_STREAM = ["client SSL certificate", "client sent no required SSL", "SSL_shutdown() failed"];

/** A stream that cannot connect says that it is "proxying connection". */
function isOfUpstream({ doing, message }: NginxErrorLine): boolean {
  if (doing === "proxying connection") return /^(?:connect\(\) |upstream )/.test(message);
  return doing.includes("upstream");
}

const CONNECTED = /^(?:udp )?client (\S{1,80}) connected to (\S{1,120})$/;

/** How a session of a stream begins: the only line that has the client's port. */
function connected(line: NginxErrorLine): ParsedLine | null {
  const [, client = "", listener] = CONNECTED.exec(line.message) ?? [];
  if (listener === undefined) return null;
  const peer = socketAddress(client);
  return observed(line.time, {
    proxy: "nginx-stream",
    log: "error",
    direction: "inbound",
    outcome: "unknown",
    keys: [...connectionKeys(line), ...peerKeys(peer)],
    peer,
    listener,
    quote: line.said.slice(0, QUOTE_MAX),
  });
}

function connectionKeys({ connection }: NginxErrorLine): string[] {
  return connection === "" ? [] : [`connection ${connection}`];
}

/** `server: 192.0.2.1:8443` before the request is known, `server: api.example` afterwards; `_` is nobody's name. */
function serverOf(server: string): Pick<Observation, "listener" | "serverName"> {
  if (/:\d{1,5}$/.test(server) || server.startsWith("unix:")) return { listener: server, serverName: null };
  return { listener: null, serverName: /^[\w.*-]{2,253}$/.test(server) ? server : null };
}

/** `https://192.0.2.9:8443/path` without the scheme and the path, as access logs have it. */
function upstreamAddress(upstream: string): string | null {
  const scheme = upstream.indexOf("://");
  const rest = scheme < 0 ? upstream : upstream.slice(scheme + 3);
  const end = rest.startsWith("unix:") ? rest.length : rest.search(/[/?]/);
  return (end < 0 ? rest : rest.slice(0, end)).slice(0, 300) || null;
}

/** `subject:"/C=…/CN=…", issuer:"/C=…/CN=…"`; quotation marks in a name are not escaped. */
function certificateOfStep({ message }: NginxErrorLine): SeenCertificate | null {
  const subject = message.startsWith(STEP) ? message.indexOf(SUBJECT) : -1;
  const issuer = subject < 0 ? -1 : message.indexOf(ISSUER, subject);
  if (issuer < 0 || !message.endsWith('"')) return null;
  return seenCertificate({
    role: message.includes(", depth:0,") ? "leaf" : "failing",
    subject: message.slice(subject + SUBJECT.length, issuer) || null,
    issuer: message.slice(issuer + ISSUER.length, -1) || null,
  });
}

const STEP = "verify:";
const SUBJECT = ', subject:"';
const ISSUER = '", issuer:"';
