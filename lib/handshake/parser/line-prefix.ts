import { syslogLine } from "#lib/handshake/syslog-line.ts";
import { jsonLine } from "./json-line.ts";
import { isoTime, type LogTime } from "./log-time.ts";

/** A line without what the machine around the proxy has put before it. */
export interface BareLine {
  text: string;
  /** Who wrote it, where syslog says that: `caddy`, `haproxy`. */
  program: string | null;
  /** When it passed there, for lines that have no time of their own. */
  time: LogTime | null;
}

/**
 * Takes off what Docker, Kubernetes (CRI), `docker compose logs`, journald and syslog put before a line, and the
 * colours that some proxies write for a terminal.
 */
export function bareLine(line: string, receivedAt: number): BareLine {
  const uncoloured = line.includes("\x1b[") ? withoutColours(line) : line;
  return (
    docker(uncoloured) ??
    cri(uncoloured) ??
    syslog(uncoloured, receivedAt) ??
    compose(uncoloured) ?? { text: uncoloured, program: null, time: null }
  );
}

/** ECMA-48 SGR: `ESC [ 1 ; 31 m`. */
function withoutColours(line: string): string {
  const [first = "", ...rest] = line.split("\x1b[");
  return first + rest.map((part) => part.replace(/^[0-9;]{0,32}m/, "")).join("");
}

/** `{"log":"…\n","stream":"stderr","time":"…"}`, as Docker keeps them. */
function docker(line: string): BareLine | null {
  const { log, time } = (line.startsWith('{"log":"') && jsonLine(line)) || {};
  if (typeof log !== "string") return null;
  return { text: log.trimEnd(), program: null, time: typeof time === "string" ? isoTime(time) : null };
}

const CRI = /^(\d{4}-\d\d-\d\dT\S{8,26}) std(?:out|err) [FP] /;

function cri(line: string): BareLine | null {
  const [whole, time = ""] = CRI.exec(line) ?? [];
  return whole === undefined ? null : { text: line.slice(whole.length), program: null, time: isoTime(time) };
}

/** What Traefik writes of its level has the place of a host's name. */
const LEVEL = /^(?:TRC|DBG|INF|WRN|ERR|FTL|PNC)$/;

function syslog(line: string, receivedAt: number): BareLine | null {
  const header = syslogLine(line, { receivedAt });
  if (header === null || LEVEL.test(header.host ?? "")) return null;
  const { message, application, at, zone } = header;
  return { text: message, program: application, time: at === null ? null : { at, zone } };
}

const COMPOSE = /^[a-z0-9][\w.-]{0,63} +\| /;

function compose(line: string): BareLine | null {
  const [whole] = COMPOSE.exec(line) ?? [];
  return whole === undefined ? null : { text: line.slice(whole.length), program: null, time: null };
}
