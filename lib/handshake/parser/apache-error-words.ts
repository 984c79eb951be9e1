import type { Finding, Observation, Reason } from "#lib/handshake/observation.ts";
import type { ApacheErrorHead } from "./apache-error-head.ts";
import { findingOfOpenssl } from "./openssl-words.ts";

/** What a message of Apache's says of a handshake. */
export type ApacheVerdict = Pick<Observation, "outcome" | "finding"> & {
  /** Only where the message is of one direction and no other. */
  direction?: Observation["direction"];
  /** Whose certificate stands behind the message. */
  certificate?: "leaf" | "failing";
  /** The address of the upstream, where the message has it. */
  upstream?: string;
  /** It is of the request of a client, and what is said is of the connection to the upstream. */
  ofRequest?: true;
};

type Rule = [starts: string, verdict: (head: ApacheErrorHead, rest: string) => ApacheVerdict | null];

/** Null for a message that says nothing of a handshake. */
export function apacheVerdict(head: ApacheErrorHead): ApacheVerdict | null {
  const { message, module } = head;
  if (!MODULES.test(module)) return null;
  const rule = RULES.find(([starts]) => message.startsWith(starts));
  if (rule !== undefined) return rule[1](head, message.slice(rule[0].length));
  return message.slice(0, 200).includes("OCSP") ? ocsp(head) : null;
}

/** What programs of the operator's write is logged in the name of other modules. */
const MODULES = /^(?:$|ssl|proxy|reqtimeout)/;

const reason = (which: Reason, words = ""): Finding => ({ kind: "reason", reason: which, words });

const refused = (finding: Finding | null): ApacheVerdict => ({ outcome: "refused", finding });
const unknown = (finding: Finding | null): ApacheVerdict => ({ outcome: "unknown", finding });
const upstream = (verdict: ApacheVerdict): ApacheVerdict => ({ ...verdict, direction: "upstream" });
const inbound = (verdict: ApacheVerdict): ApacheVerdict => ({ ...verdict, direction: "inbound" });

/** By the words that stay the same between versions; the longer of two that begin alike comes first. */
const RULES: readonly Rule[] = [
  ["Certificate Verification: Certificate Chain too long", ({ message }) => refused(chainTooLong(message))],
  ["Certificate Verification: Error (", verificationFailed],
  // At level debug: the certificate that is looked at, good or bad.
  ["Certificate Verification, depth 0,", () => ({ outcome: "unknown", finding: null, certificate: "leaf" })],
  ["SSL Library Error: ", (head, rest) => libraryError(head, rest)],
  ["OCSP validation completed, certificate status: ", (_, rest) => ocspStatus(rest)],
  ["SSL library error 1 in handshake", () => inbound(refused(null))],
  ["SSL library error ", libraryErrorInUse],
  ["SSL handshake stopped: connection was closed", (head) => inbound(refused(systemReason(head)))],
  ["SSL handshake interrupted by system", (head) => inbound(refused(systemReason(head)))],
  ["SSL handshake failed: HTTP spoken on HTTPS port", () => inbound(refused(reason("plain-http")))],
  ["SSL handshake failed: sending 502", () => upstream(refused(null))],
  ["SSL client authentication failed: ", (_, rest) => inbound(refused(findingOfOpenssl(rest)))],
  ["Request handshake read timeout", () => inbound(refused(reason("timed-out")))],
  ["Connection to child ", () => unknown(null)],
  ["Connection closed to child ", (_, rest) => closed(rest)],
  [
    "Re-negotiation handshake failed: Client certificate missing",
    () => inbound(refused(reason("certificate-absent"))),
  ],
  ["Re-negotiation handshake failed", () => inbound(refused(reason("not-said")))],
  ["Re-negotiation request failed", () => inbound(refused(reason("not-said")))],
  [
    "cannot perform post-handshake authentication",
    () => inbound(refused(reason("not-said", "no post-handshake authentication"))),
  ],
  ["No hostname was provided via SNI", () => inbound(refused(reason("server-name")))],
  [
    "Hostname ",
    (_, rest) =>
      rest.slice(0, 300).includes(" provided via SNI") ? inbound(refused(reason("misdirected"))) : null,
  ],
  ["SSL Proxy connect failed", () => upstream(refused(null))],
  ["SSL Proxy: Peer certificate is expired", () => upstream(refused(EXPIRED))],
  ["SSL Proxy: Peer certificate ", () => upstream(refused(reason("name-mismatch")))],
  ["Proxy client certificate callback: ", (_, rest) => proxyCertificate(rest)],
  ["pass request body failed to ", (_, rest) => ofRequest(unknown(reason("not-said")), rest)],
  [
    "error reading status line from remote server ",
    (_, rest) => ofRequest(unknown(reason("not-said")), rest),
  ],
  ["Error during SSL Handshake with remote server", () => ofRequest(refused(reason("not-said")))],
  ["Error reading from remote server", () => ofRequest(unknown(reason("not-said")))],
  ["https: attempt to connect to ", (_, rest) => ofRequest(refused(reason("unreachable")), rest)],
  ["HTTPS: attempt to connect to ", (_, rest) => ofRequest(refused(reason("unreachable")), rest)],
  ["https: failed to enable ssl support for ", (_, rest) => ofRequest(refused(reason("not-said")), rest)],
  ["HTTPS: failed to enable ssl support for ", (_, rest) => ofRequest(refused(reason("not-said")), rest)],
  ["HTTP: failed to make connection to backend: ", () => ofRequest(unknown(reason("not-said")))],
];

const EXPIRED: Finding = {
  kind: "verify",
  error: 10,
  depth: 0,
  which: "first",
  words: "Peer certificate is expired",
};

function chainTooLong(message: string): Finding {
  const open = message.indexOf("(");
  return reason("chain-too-long", open < 0 ? "" : message.slice(open + 1, open + 120).replace(/\).*$/, ""));
}

function verificationFailed({ message }: ApacheErrorHead): ApacheVerdict {
  const end = message.indexOf(" [");
  const finding = findingOfOpenssl(message.slice(0, end < 0 ? 300 : Math.min(end, 300)));
  return { outcome: "refused", finding, certificate: "failing" };
}

/** Errors of other parts of OpenSSL come at the start, when a key or certificate cannot be read. */
function libraryError({ level }: ApacheErrorHead, text: string): ApacheVerdict | null {
  if (level === "emerg") return null;
  if (text.slice(0, 300).includes("OCSP routines")) return inbound(unknown(reason("ocsp-untrusted")));
  const finding = findingOfOpenssl(text);
  return finding === null ? null : refused(finding);
}

const STATUSES: readonly [words: string, error: number][] = [
  ["revoked", 23],
  ["unknown", 75],
];

function ocspStatus(rest: string): ApacheVerdict | null {
  const status = STATUSES.find(([words]) => rest.startsWith(words));
  if (status === undefined) return null;
  const words = `certificate status: ${status[0]}`;
  return {
    outcome: "refused",
    finding: { kind: "verify", error: status[1], depth: null, which: "first", words },
    certificate: "failing",
  };
}

/** The responder answered, and the answer is not good enough. */
const UNTRUSTED = ["failed to verify the OCSP", "bad nonce", "outside validity", "failed to retrieve OCSP"];

/**
 * Whatever else is said of OCSP above level notice. Stapling the proxy's own certificate fails in the same words, so
 * they alone refuse nobody.
 */
function ocsp({ message, level }: ApacheErrorHead): ApacheVerdict | null {
  if (level !== "error" && level !== "warn") return null;
  const start = message.slice(0, 200);
  const untrusted = UNTRUSTED.some((words) => start.includes(words));
  return inbound(unknown(reason(untrusted ? "ocsp-untrusted" : "ocsp-unavailable")));
}

const ECONNRESET = [104, 54, 10_054];
/** APR_TIMEUP, APR_EOF. */
const TIMED_OUT = [70_007, 110, 60, 10_060];

function systemReason({ system }: ApacheErrorHead): Finding {
  const { number = null, words = "" } = system ?? {};
  if (number !== null && ECONNRESET.includes(number)) return reason("reset", words);
  if (number !== null && TIMED_OUT.includes(number)) return reason("timed-out", words);
  return reason("closed", words);
}

/** `SSL library error 1 reading data`: 1 is an error of TLS, which the next line tells; 5 and 6 that the other left. */
function libraryErrorInUse(head: ApacheErrorHead, rest: string): ApacheVerdict {
  if (rest.slice(0, 40).includes("in handshake")) return inbound(refused(systemReason(head)));
  return rest.startsWith("1 ") ? refused(null) : unknown(systemReason(head));
}

/** "abortive" is every end but an orderly one, also of a connection that was used. */
function closed(rest: string): ApacheVerdict | null {
  return rest.slice(0, 80).includes(" with abortive shutdown")
    ? unknown(reason("closed", "abortive shutdown"))
    : null;
}

function proxyCertificate(rest: string): ApacheVerdict | null {
  const start = rest.slice(0, 500);
  const absent = start.includes("none are configured") || start.includes("no client certificate found");
  return absent ? upstream(unknown(reason("certificate-absent"))) : null;
}

const UPSTREAM = /^([0-9A-Za-z_.:[\]-]{1,255}:\d{1,5})(?: \(|$|,| )/;

function ofRequest(verdict: ApacheVerdict, rest?: string): ApacheVerdict {
  const address = rest === undefined ? undefined : UPSTREAM.exec(rest)?.[1];
  const of: ApacheVerdict = { ...upstream(verdict), ofRequest: true };
  return address === undefined ? of : { ...of, upstream: address };
}
