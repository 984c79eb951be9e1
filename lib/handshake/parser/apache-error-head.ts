import type { Observation } from "#lib/handshake/observation.ts";
import { apacheTime, isoTime, type LogTime } from "./log-time.ts";
import { unbracketedAddress } from "./unbracketed-address.ts";

/** What stands before the message of a line of Apache's error log. */
export interface ApacheErrorHead {
  time: LogTime | null;
  /** `ssl`, `proxy_http`; empty in lines of modules that do not say it. */
  module: string;
  level: string;
  /** `1972:2008`, or the process alone where it has no threads. */
  thread: string | null;
  connection: string | null;
  /** Of the client, or of the server where Apache is the client itself. */
  peer: Observation["peer"];
  /** The default format says `remote` instead of `client` for a connection that is no client's. */
  isRemote: boolean;
  vhost: string | null;
  /** What the system said: `104` or `Connection reset by peer`. */
  system: { number: number | null; words: string } | null;
  /** With the number that stands before it (`AH02039: `) taken off. */
  message: string;
}

const EMPTY: ApacheErrorHead = {
  time: null,
  module: "",
  level: "",
  thread: null,
  connection: null,
  peer: null,
  isRemote: false,
  vhost: null,
  system: null,
  message: "",
};

/** Brackets of other formats, such as the id of a request. */
const BRACKETS_MAX = 14;

/**
 * Takes apart the default format and the recommended `ErrorLogFormat`, in any order of their parts. Where Apache has
 * nothing to write into a part it leaves out the rest of it: `[conn [client [vhost a.example] …`.
 *
 * @returns null when no part says which module and level it is: another's line
 */
export function apacheErrorHead(text: string): ApacheErrorHead | null {
  const head = { ...EMPTY };
  let at = 0;
  for (let count = 0; count < BRACKETS_MAX; count++) {
    const end = part(text, at, head);
    if (end === null) break;
    at = end;
    while (text[at] === " ") at++;
  }
  if (head.level === "") return null;
  head.message = text.slice(at).replace(NUMBER, "");
  return head;
}

const NUMBER = /^AH(?:\d{5})?: /;

const LEVEL = /^([a-z0-9_.-]{0,40}):(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])$/;
const THREAD = /^pid (\d{1,10})(?::tid (\d{1,20}))?$/;
const EMPTY_PART = /\[(?:conn|client|remote|vhost) (?=[[(])/y;
const SYSTEM = /\((\d{1,9}|EAI -?\d{1,6})\)([^:[\]]{1,120}): /y;
/** At level debug and beyond: `ssl_engine_kernel.c(1843): `. */
const SOURCE = /[a-z0-9_]{1,60}\.c\(\d{1,6}\): /y;

/** @returns where the next part may begin; null when there is none */
function part(text: string, at: number, head: ApacheErrorHead): number | null {
  for (const pattern of [EMPTY_PART, SOURCE]) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return pattern.lastIndex;
  }
  SYSTEM.lastIndex = at;
  const [system, number = "", words = ""] = SYSTEM.exec(text) ?? [];
  if (system !== undefined) {
    head.system = { number: /^\d/.test(number) ? Number(number) : null, words };
    return at + system.length;
  }
  if (text[at] !== "[") return null;
  const end = text.slice(at, at + PART_MAX).indexOf("]");
  if (end < 0) return null;
  bracket(text.slice(at + 1, at + end), head);
  return at + end + 1;
}

/** A name of a host, and what stands before it. */
const PART_MAX = 300;

function bracket(content: string, head: ApacheErrorHead): void {
  const level = LEVEL.exec(content);
  if (level !== null) {
    head.module = level[1] ?? "";
    head.level = level[2] ?? "";
    return;
  }
  const thread = THREAD.exec(content);
  if (thread !== null) {
    head.thread = thread[2] === undefined ? (thread[1] ?? null) : `${thread[1]}:${thread[2]}`;
    return;
  }
  const blank = content.indexOf(" ");
  const value = content.slice(blank + 1);
  const name = content.slice(0, Math.max(blank, 0));
  if (name === "conn") head.connection = value === "-" ? null : value;
  else if (name === "vhost") head.vhost = value;
  else if (name === "client" || name === "remote") {
    head.peer = unbracketedAddress(value);
    head.isRemote = name === "remote";
  } else head.time ??= apacheTime(content) ?? isoTime(content);
}
