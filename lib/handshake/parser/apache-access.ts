import type { Finding, Observation, ParsedLine, SeenCertificate } from "#lib/handshake/observation.ts";
import { logUnescaped } from "./log-escapes.ts";
import { commonLogTime, isoTime, opensslTime } from "./log-time.ts";
import { observed } from "./observed.ts";
import { findingOfOpenssl } from "./openssl-words.ts";
import { hexSerial, seenCertificate } from "./seen-certificate.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";
import { tlsVersion } from "./tls-version.ts";
import { unbracketedAddress } from "./unbracketed-address.ts";

/** A line of an access log: somebody got as far as a request. Null when it is none. */
export function apacheAccess(text: string): ParsedLine | null {
  return recommended(text) ?? common(text);
}

const RECOMMENDED = /^(\d{4}-\d\d-\d\dT\S{8,26}) (\S{3,280}) (\S{1,262}) "/;

/** The `LogFormat` of the recommended configuration; a quote in a value is escaped. */
function recommended(text: string): ParsedLine | null {
  const [whole, stamp = "", client = "", listener = ""] = RECOMMENDED.exec(text) ?? [];
  const time = isoTime(stamp);
  const peer = unbracketedAddress(client);
  if (whole === undefined || time === null || peer === null) return null;
  const end = endOfQuoted(text, whole.length - 1);
  const [answer, digits] = STATUS.exec(text.slice(end, end + 20)) ?? [];
  if (answer === undefined) return null;
  const fields = fieldsOf(text.slice(end + answer.length));
  const status = Number(digits);
  const verdict = verdictOf(status, fields);
  return observed(time, {
    proxy: "apache",
    log: "access",
    keys: peerKeys(peer),
    peer: verdict.direction === "upstream" ? null : peer,
    ...verdict,
    ...(fields.get("resumed") === "Resumed" ? { resumed: true } : {}),
    certificate: certificateOf(fields),
    serverName: fields.get("sni") ?? null,
    listener,
    tls: tlsVersion(fields.get("proto") ?? null),
    status,
    quote: quoteOf(text.slice(end, end + answer.length), fields),
  });
}

const STATUS = /^ (\d{3})(?= |$)/;

/** Just behind the closing quote, or the end of a text that is cut off. */
function endOfQuoted(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

const FIELD = / ([A-Za-z_]{1,20})=/y;

/** `name=value` and `name="value"`, in which `-` stands for none. What is cut off is left out. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  for (;;) {
    FIELD.lastIndex = at;
    const [whole, name = ""] = FIELD.exec(text) ?? [];
    if (whole === undefined) return fields;
    const start = at + whole.length;
    const quoted = text[start] === '"';
    const blank = text.indexOf(" ", start);
    at = quoted ? endOfQuoted(text, start) : blank < 0 ? text.length : blank;
    const cut = quoted ? at - 1 === start || text[at - 1] !== '"' : at === text.length && name === "serial";
    const value = quoted ? logUnescaped(text.slice(start + 1, at - 1)) : text.slice(start, at);
    if (!cut && value !== "-" && value !== "") fields.set(name, value);
  }
}

type Verdict = Pick<Observation, "direction" | "outcome" | "finding">;

/** Answers that a proxy gives when it did not get one itself. */
const GATEWAY: readonly number[] = [502, 503, 504];
const DENIED: readonly number[] = [401, 403];

function verdictOf(status: number, fields: ReadonlyMap<string, string>): Verdict {
  const overTls = fields.has("proto");
  if (status === 421) return refused({ kind: "reason", reason: "misdirected", words: "421" });
  const finding = DENIED.includes(status) ? verificationOf(fields.get("verify")) : null;
  if (finding !== null) return refused(finding);
  if (overTls && !GATEWAY.includes(status))
    return { direction: "inbound", outcome: "accepted", finding: null };
  // Without TLS of its own the request may have failed on the way to an upstream.
  const direction = GATEWAY.includes(status) || (status === 500 && fields.size > 0) ? "upstream" : "inbound";
  return { direction, outcome: "unknown", finding: null };
}

function refused(finding: Finding): Verdict {
  return { direction: "inbound", outcome: "refused", finding };
}

/** `SSL_CLIENT_VERIFY`, where a certificate is optional and a rule refuses the request. */
function verificationOf(verify: string | undefined): Finding | null {
  if (verify === "NONE") return { kind: "reason", reason: "certificate-absent", words: verify };
  if (!verify?.startsWith("FAILED:")) return null;
  const words = verify.slice("FAILED:".length, 300);
  const found = findingOfOpenssl(words);
  if (found?.kind === "verify") return { ...found, which: "last" };
  return { kind: "verify", error: null, depth: null, which: "last", words };
}

function certificateOf(fields: ReadonlyMap<string, string>): SeenCertificate | null {
  return seenCertificate({
    subject: fields.get("s_dn") ?? null,
    issuer: fields.get("i_dn") ?? null,
    serial: hexSerial(fields.get("serial") ?? null),
    notBefore: opensslTime(fields.get("v_start") ?? ""),
    notAfter: opensslTime(fields.get("v_end") ?? ""),
  });
}

function quoteOf(answer: string, fields: ReadonlyMap<string, string>): string {
  const verify = fields.get("verify");
  return `${answer.trim()}${verify === undefined ? "" : ` verify="${verify}"`}`.slice(0, 300);
}

/** `%h %l %u %t "%r" %>s`, with or without the virtual host before it; the same for `combined`. */
const COMMON = /^(?:(\S{1,255}:\d{1,5}) )?(\S{1,255}) \S{1,255} \S{1,255} \[([^\]]{20,30})\] "/;

/** It has neither port nor certificate, and says nothing of TLS: a plain request to a TLS port is a 400 as well. */
function common(text: string): ParsedLine | null {
  const [whole, listener, client = "", stamp = ""] = COMMON.exec(text) ?? [];
  const time = commonLogTime(stamp);
  if (whole === undefined || time === null) return null;
  const end = endOfQuoted(text, whole.length - 1);
  const [answer, digits] = STATUS.exec(text.slice(end, end + 20)) ?? [];
  if (answer === undefined) return null;
  const status = Number(digits);
  const known = status !== 400 && status !== 408 && status < 500;
  const verdict =
    status === 421 ? verdictOf(status, new Map()) : { direction: "inbound" as const, finding: null };
  return observed(time, {
    proxy: "apache",
    log: "access",
    peer: socketAddress(client),
    outcome: known ? "accepted" : "unknown",
    ...verdict,
    listener: listener ?? null,
    status,
    quote: answer.trim(),
  });
}
