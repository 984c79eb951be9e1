import type { Finding, Observation, Reason } from "#lib/handshake/observation.ts";
import { findingOfOpenssl } from "./openssl-words.ts";
import { seenCertificate } from "./seen-certificate.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";

/** What a message of stunnel says of a handshake. Each line says one thing, and only some tell the direction. */
export type StunnelVerdict = Pick<Observation, "direction" | "outcome"> & Partial<Observation>;

/**
 * @returns null when it says nothing of a handshake. So do alerts of the level `debug`: they tell no direction, and the
 *   same alert in an error line does.
 */
export function stunnelVerdict(message: string): StunnelVerdict | null {
  const read = READERS.find(([beginning]) => message.startsWith(beginning))?.[1];
  return read === undefined ? (begun(message) ?? timedOut(message)) : read(message);
}

type Direction = Pick<Observation, "direction" | "directionAssumed">;

const INBOUND: Direction = { direction: "inbound" };
const UPSTREAM: Direction = { direction: "upstream" };
/** A line that a client of a server writes as well as a server, until it is joined with one that tells. */
const EITHER: Direction = { direction: "inbound", directionAssumed: true };

/** By how the message begins; those of versions 4.20 to 5.75. */
const READERS: readonly (readonly [beginning: string, read: (message: string) => StunnelVerdict | null])[] = [
  ["SSL_accept: ", (message) => refused(INBOUND, openssl(message))],
  ["SSL_connect: ", (message) => refused(UPSTREAM, openssl(message))],
  ["SSL_read: ", afterHandshake],
  ["CERT: Pre-verification error: ", (message) => refused(EITHER, openssl(message))],
  ["CERT: Verification error: ", (message) => refused(EITHER, openssl(message))],
  ["CERT: Certificate not found in local repository", (message) => refused(EITHER, fault(null, message))],
  ["CERT: Subject checks failed", (message) => refused(UPSTREAM, reason("name-mismatch", message))],
  ["VERIFY ERROR: ", oldVerification],
  ["Rejected by ", rejected],
  ["Certificate check failed: ", rejected],
  ["Certificate accepted at ", certificateAccepted],
  ["OCSP: ", ocsp],
  ["s_connect: ", connecting],
  ["No more addresses to connect", (message) => refused(UPSTREAM, reason("unreachable", message))],
  ["SNI: no pattern matched servername: ", unknownName],
  ["TLS accepted: ", () => ({ ...INBOUND, outcome: "accepted" })],
  ["SSL accepted: ", () => ({ ...INBOUND, outcome: "accepted" })],
  ["TLS connected: ", () => ({ ...UPSTREAM, outcome: "accepted" })],
  ["SSL connected: ", () => ({ ...UPSTREAM, outcome: "accepted" })],
  ["Connection ", ended],
];

function reason(said: Reason, words: string): Finding {
  return { kind: "reason", reason: said, words: words.slice(0, 300) };
}

function fault(depth: number | null, words: string): Finding {
  return { kind: "verify", error: null, depth, which: "first", words: words.slice(0, 300) };
}

function refused(direction: Direction, finding: Finding | null): StunnelVerdict {
  return { ...direction, outcome: "refused", finding };
}

function unknown(direction: Direction, finding: Finding): StunnelVerdict {
  return { ...direction, outcome: "unknown", finding };
}

function openssl(message: string): Finding | null {
  if (message.endsWith("Peer suddenly disconnected")) return reason("closed", message);
  return findingOfOpenssl(message);
}

/** With TLS 1.3 a server's refusal arrives when its client has done (RFC 8446 §4.4.2.4); a client's does not. */
function afterHandshake(message: string): StunnelVerdict | null {
  const finding = findingOfOpenssl(message);
  return finding?.kind === "alert-received" ? refused(UPSTREAM, finding) : null;
}

const DEPTH = /\bdepth=(\d{1,3})/;

/** Up to 4.53: `VERIFY ERROR: depth=0, error=certificate has expired: /C=…/CN=…`. */
function oldVerification(message: string): StunnelVerdict {
  const at = message.indexOf(": /");
  const subject = at < 0 ? null : message.slice(at + 2);
  return { ...refused(EITHER, openssl(message)), ...certificateAt(message, subject) };
}

/** Says which certificate it was; why, a line before it says. OCSP's line before says it only of a revoked one. */
function rejected(message: string): StunnelVerdict {
  const depth = DEPTH.exec(message)?.[1];
  const isOcsp = message.startsWith("Rejected by OCSP");
  const subject = subjectBehind(message);
  const words = message.slice(0, message.length - (subject?.length ?? 0)).replace(/[:,] $/, "");
  const finding = isOcsp
    ? { ...reason("ocsp-unavailable", words), ...(depth === undefined ? {} : { depth: Number(depth) }) }
    : fault(depth === undefined ? null : Number(depth), words);
  return { ...refused(EITHER, finding), ...certificateAt(message, subject) };
}

/** One above the leaf says nothing: each of a chain has such a line. */
function certificateAccepted(message: string): StunnelVerdict | null {
  if (DEPTH.exec(message)?.[1] !== "0") return null;
  return { ...EITHER, outcome: "unknown", ...certificateAt(message, subjectBehind(message)) };
}

/** `depth=0: CN=…`, or `depth=0, /C=…` in old versions. */
function subjectBehind(message: string): string | null {
  const [whole] = /\bdepth=\d{1,3}(?:: |, )/.exec(message) ?? [];
  return whole === undefined ? null : message.slice(message.indexOf(whole) + whole.length);
}

function certificateAt(message: string, subject: string | null): Pick<Observation, "certificate"> {
  const role = DEPTH.exec(message)?.[1] === "0" ? "leaf" : "failing";
  return { certificate: seenCertificate({ role, subject: subject?.slice(0, 2_000) || null }) };
}

function ocsp(message: string): StunnelVerdict | null {
  if (/^OCSP: (?:Certificate revoked|Status: revoked)/.test(message)) {
    return unknown(EITHER, {
      kind: "verify",
      error: 23,
      depth: null,
      which: "first",
      words: message.slice(0, 300),
    });
  }
  if (message.startsWith("OCSP: OCSP_basic_verify"))
    return unknown(EITHER, reason("ocsp-untrusted", message));
  return OCSP_FAULT.test(message) ? unknown(EITHER, reason("ocsp-unavailable", message)) : null;
}

const OCSP_FAULT =
  /^OCSP: (?:OCSP_check_validity|OCSP_resp_find_status|OCSP_response_get1_basic|OCSP_sendreq|Responder error|Failed to|Invalid|Unknown verification|Status: unknown|s_poll_wait)/;

const ADDRESS = /^s_connect: (?:connected|connect|connecting|s_poll_wait) (\S{1,300}?):?(?: |$)/;

/**
 * Where stunnel goes to: the service behind it, or an OCSP responder, in the same words. Whether it gets there is said
 * in a line that only the service has.
 */
function connecting(message: string): StunnelVerdict | null {
  const upstream = ADDRESS.exec(message)?.[1];
  return upstream === undefined ? null : { ...EITHER, outcome: "unknown", upstream };
}

/** Who asks for a name that is not served gets the service that has none: it is no fault. */
function unknownName(message: string): StunnelVerdict {
  const serverName = message.slice(message.lastIndexOf(" ") + 1).slice(0, 253) || null;
  return { ...INBOUND, outcome: "unknown", serverName };
}

const ENDED = /^Connection ([a-z/]{5,12}): (\d{1,18}) bytes?(?:\(s\))? sent to (?:TLS|SSL), (\d{1,18}) /;

/** What came out of TLS shows that there was a handshake. All that is said of a timeout is that nothing did. */
function ended(message: string): StunnelVerdict | null {
  const [, how, into, out] = ENDED.exec(message) ?? [];
  if (how === undefined) return null;
  if (Number(out) > 0) return { ...EITHER, outcome: "accepted" };
  if (Number(into) > 0) return null;
  return unknown(EITHER, reason(how === "closed" ? "closed" : "not-said", message));
}

const BEGUN = /^(?:Service )?\[?([^\]\s]{1,200})\]? (?:accepted connection|connected) from (\S{1,80})$/;

/** The only line that names the service and the client. */
function begun(message: string): StunnelVerdict | null {
  const [, service, from = ""] = BEGUN.exec(message) ?? [];
  const peer = service === undefined ? null : socketAddress(from);
  if (service === undefined || peer === null) return null;
  return { ...INBOUND, outcome: "unknown", listener: service, peer, keys: peerKeys(peer) };
}

function timedOut(message: string): StunnelVerdict | null {
  const isHandshake = message.startsWith("ssl_start: s_poll_wait: TIMEOUTbusy exceeded");
  return isHandshake ? refused(EITHER, reason("timed-out", message)) : null;
}
