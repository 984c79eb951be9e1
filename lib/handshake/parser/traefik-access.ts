import type { Observation, ParsedLine } from "#lib/handshake/observation.ts";
import { goAnswer } from "./go-answer.ts";
import { type JsonObject, numberIn, objectIn, textIn } from "./json-line.ts";
import { commonLogTime, isoTime } from "./log-time.ts";
import { observed } from "./observed.ts";
import { seenCertificate } from "./seen-certificate.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";

/** A request in JSON: only there Traefik says whose certificate it was, and only of who was accepted. */
export function traefikJsonAccess(fields: JsonObject): ParsedLine | null {
  const status = numberIn(fields.DownstreamStatus) ?? numberIn(fields.OriginStatus);
  if (status === null || (fields.ClientHost === undefined && fields.RouterName === undefined)) return null;
  const tls = versionOf(fields.TLSVersion);
  const peer = peerOf(fields);
  const answer = traefikAnswer(status, numberIn(fields.DownstreamContentSize), tls);
  const time = textIn(fields.StartUTC) ?? textIn(fields.time) ?? textIn(fields.StartLocal);
  return observed(time === null ? null : isoTime(time), {
    proxy: "traefik",
    log: "access",
    ...answer,
    peer: answer.direction === "upstream" ? null : peer,
    keys: peerKeys(peer),
    serverName: textIn(fields.RequestHost),
    listener: textIn(fields.entryPointName),
    upstream: upstreamOf(fields),
    tls,
    status,
    certificate: seenCertificate({ subject: textIn(fields.TLSClientSubject) }),
    quote: answer.outcome === "accepted" ? "" : `"DownstreamStatus":${status}`,
  });
}

const OWN_ERROR = "Internal Server Error".length;

/** When TLS to the upstream fails, Traefik answers 500 with no more than its words; an application writes more. */
function traefikAnswer(status: number | null, size: number | null, tls: Observation["tls"]) {
  return goAnswer(status === 500 && size === OWN_ERROR ? 502 : status, tls);
}

/** Traefik's common format goes on after the one of others with a count, the router, the server and how long it took. */
const BEGINNING = /^(\S{1,255}) - \S{1,255} \[([\w/: +-]{20,30})\] "/;
const STATUS = /^" (\d{3}|-) (\d{1,15}|-) "/;
const END = /" \d{1,19} "([^"]{1,500})" "([^"]{1,500})" \d{1,15}ms$/;

export function traefikCommonAccess(text: string): ParsedLine | null {
  const [whole, host = "", stamp = ""] = BEGINNING.exec(text) ?? [];
  if (whole === undefined) return null;
  const time = commonLogTime(stamp);
  const [, , url = ""] = END.exec(text.slice(-1_100)) ?? [];
  if (time === null || url === "") return null;
  const [, said, size] = STATUS.exec(text.slice(endOfRequest(text, whole.length))) ?? [];
  const status = numberIn(said);
  const answer = traefikAnswer(status, numberIn(size), null);
  return observed(time, {
    proxy: "traefik",
    log: "access",
    ...answer,
    peer: answer.direction === "upstream" ? null : socketAddress(host),
    upstream: url === "-" ? null : url,
    status,
    quote: answer.outcome === "accepted" ? "" : `${said}`,
  });
}

/** Nothing is escaped in it: it ends where its protocol does. */
const PROTOCOL = / HTTP\/\d(?:\.\d)?(?=" )/;

function endOfRequest(text: string, from: number): number {
  const end = PROTOCOL.exec(text.slice(from));
  return end === null ? text.length : from + end.index + end[0].length;
}

function versionOf(value: unknown): Observation["tls"] {
  const version = textIn(value);
  return version === "1.0" || version === "1.1" || version === "1.2" || version === "1.3" ? version : null;
}

/** `ClientHost` may be what a proxy before this one says; `ClientAddr` is who connected. */
function peerOf(fields: JsonObject): Observation["peer"] {
  const address = textIn(fields.ClientAddr);
  if (address !== null) return socketAddress(address);
  const host = textIn(fields.ClientHost);
  const peer = host === null ? null : socketAddress(host);
  return peer === null ? null : { address: peer.address, port: numberIn(fields.ClientPort) };
}

/** Version 2 writes a URL as its parts. */
function upstreamOf({ ServiceURL: url, ServiceAddr: address }: JsonObject): string | null {
  return textIn(url) ?? textIn(objectIn(url)?.Host) ?? textIn(address);
}
