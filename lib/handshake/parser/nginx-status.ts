import type { Finding, Observation, Reason } from "#lib/handshake/observation.ts";
import { clientFault } from "./nginx-error-words.ts";

/** What the line of a request says of its handshake. */
export type NginxAnswer = Pick<Observation, "direction" | "outcome" | "finding">;

/** What nginx logs of a request, or of a session of a stream. */
export interface NginxRequest {
  status: number;
  /** `GET / HTTP/1.1`; what it had instead, when that was no request; null for a stream. */
  request: string | null;
  /** `$ssl_client_verify`; null when the format does not have it. */
  verify: string | null;
  /** `$ssl_protocol`; null when the format does not have it. */
  protocol: string | null;
  /** `$ssl_cipher`; null when the format does not have it. */
  cipher: string | null;
  /** Octets of the body; null when the format does not have it. */
  bodyLength: number | null;
}

const because = (reason: Reason, words = ""): Finding => ({
  kind: "reason",
  reason,
  words: words.slice(0, 300),
});

const inbound = (outcome: Observation["outcome"], finding: Finding | null = null): NginxAnswer => ({
  direction: "inbound",
  outcome,
  finding,
});

/**
 * What a request's status and certificate say of the handshake. nginx ends a handshake with a bad certificate, or with
 * none, as if it were a good one, and answers 400.
 *
 * @returns null when it says nothing: TLS that came to a port without it
 */
export function nginxAnswer(asked: NginxRequest): NginxAnswer | null {
  const { status, request, verify } = asked;
  if (status === 502 || status === 504) return { direction: "upstream", outcome: "unknown", finding: null };
  if (request !== null && status === 400 && !request.includes(" HTTP/")) return notHttp(request);
  if (request === null) return session(asked);
  if (status === 421) return inbound("refused", because("misdirected"));
  const finding = certificateFault(verify);
  if (finding !== null) return withFault(status, finding);
  const page = PAGES.get(status);
  if (page !== undefined) return inbound("refused", page);
  if (status === 400 && verify !== "SUCCESS") return inbound("refused", unsaid(asked));
  return inbound(status === 408 || status === 444 ? "unknown" : "accepted");
}

/** nginx's own statuses, which are seen where an `error_page` keeps them. */
const PAGES: ReadonlyMap<number, Finding> = new Map([
  [495, { kind: "verify", error: null, depth: null, which: "last", words: "" }],
  [496, because("certificate-absent")],
  [497, because("plain-http")],
]);

function notHttp(request: string): NginxAnswer | null {
  // Default formats escape what is not printable.
  if (request.startsWith("\\x16\\x03") || request.startsWith("\x16\x03")) return null;
  return inbound("refused", request === "" ? because("not-said") : because("not-tls", request));
}

function certificateFault(verify: string | null): Finding | null {
  if (verify === "NONE") return because("certificate-absent");
  if (verify === null || !verify.startsWith("FAILED")) return null;
  const words = verify.slice("FAILED:".length);
  const fault = clientFault(words);
  if (fault?.kind === "reason") return fault;
  const verification =
    fault?.kind === "verify" ? fault : { error: null, depth: null, words: words.slice(0, 300) };
  return { ...verification, kind: "verify", which: "last" };
}

/** Where a certificate is optional, whoever has none, or a bad one, may have been served. */
function withFault(status: number, finding: Finding): NginxAnswer {
  if (status === 400 || status === 495 || status === 496) return inbound("refused", finding);
  // It may be the application that refuses those; whether for the certificate is not said.
  if (status === 401 || status === 403) return inbound("unknown", finding);
  return inbound("accepted", finding.kind === "verify" ? finding : null);
}

/** A stream ends with 500 when its handshake failed; with 403 when an address was not allowed. */
function session({ status, verify, protocol, cipher }: NginxRequest): NginxAnswer {
  const isDone = cipher !== null && cipher !== UNFINISHED && protocol !== "TLSv1.3";
  const isNone = verify === "NONE";
  const finding = isNone && !isDone ? null : certificateFault(verify);
  if (status === 500) return inbound("refused", finding ?? because("not-said"));
  return inbound(status === 200 ? "accepted" : "unknown", isNone ? null : finding);
}

/**
 * The cipher of a handshake that failed before there was one. Its version is not the one agreed on either, and that
 * there was no certificate means nothing: it was not its turn yet. In TLS 1.3 there is a cipher from the beginning.
 */
export const UNFINISHED = "(NONE)";

/**
 * A 400 that is all that is known. nginx's own pages have lengths of their own: their title differs, and the name and
 * version of nginx at the end, which is the same for all. Words are the title, if it can be one of these pages.
 */
function unsaid({ bodyLength, protocol, verify }: NginxRequest): Finding {
  if (protocol === "" && verify === "") return because("not-said", "the connection has no TLS");
  const title = TITLES.find(([, length]) => bodyLength !== null && SIGNATURES.has(bodyLength - length))?.[0];
  return because("not-said", title ?? "");
}

/** Octets of src/http/ngx_http_special_response.c without the signature. */
const TITLES: readonly (readonly [title: string, length: number])[] = [
  ["The SSL certificate error", 203],
  ["No required SSL certificate was sent", 225],
  ["The plain HTTP request was sent to HTTPS port", 243],
];

/** Of `nginx`, and of `nginx/1.9.2` to `openresty/1.27.1.2`. */
const SIGNATURES: ReadonlySet<number> = new Set([5, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]);
