import type { LineContext } from "./observation.ts";
import { isoTime, type LogTime, syslogTime } from "./parser/log-time.ts";
import { endOfStructuredData } from "./syslog-structured-data.ts";

/** What stands round a line that came by syslog. */
export interface SyslogMessage {
  /** Milliseconds since 1970; null when the header has no time. */
  at: number | null;
  zone: "said" | "assumed";
  host: string | null;
  application: string | null;
  pid: string | null;
  /** What the application wrote. */
  message: string;
}

/**
 * Takes the header of RFC 5424 or RFC 3164 off a line, also as rsyslog and syslogd write them to files: without a
 * priority, or with a time of RFC 3339.
 *
 * @returns null when the line has no such header
 */
export function syslogLine(line: string, context: LineContext): SyslogMessage | null {
  const priority = PRIORITY.exec(line)?.[0];
  if (priority === undefined) return oldHeader(line, context, false);
  const rest = line.slice(priority.length);
  return rest.startsWith("1 ") ? newHeader(rest.slice(2)) : oldHeader(rest, context, true);
}

const PRIORITY = /^<(?:1?\d?\d)>/;

/** RFC 5424 §6: TIMESTAMP, HOSTNAME, APP-NAME, PROCID and MSGID, structured data, and the message. */
function newHeader(text: string): SyslogMessage | null {
  const fields: string[] = [];
  let start = 0;
  for (let count = 0; count < 5; count++) {
    const end = text.indexOf(" ", start);
    if (end < 0) return null;
    fields.push(text.slice(start, end));
    start = end + 1;
  }
  const end = endOfStructuredData(text, start);
  if (end === null) return null;
  const [stamp = "", host = "", application = "", pid = ""] = fields;
  return {
    ...(isoTime(stamp) ?? NO_TIME),
    host: unlessNil(host),
    application: unlessNil(application),
    pid: unlessNil(pid),
    message: text.slice(end).replace(/^ /, "").replace(BYTE_ORDER_MARK, ""),
  };
}

const NO_TIME = { at: null, zone: "assumed" } as const;
/** §6.4: a message in UTF-8 may begin with it. */
const BYTE_ORDER_MARK = /^\uFEFF/;

function unlessNil(field: string): string | null {
  return field === "-" ? null : field;
}

/**
 * RFC 3164 §4.1: time, host and tag. HAProxy and others that write to a local socket leave the host out. Without a
 * priority a line is only taken for one when the tag ends with a colon: much else begins with a time.
 */
function oldHeader(text: string, context: LineContext, hasPriority: boolean): SyslogMessage | null {
  const time = headerTime(text, context);
  if (time === null) return hasPriority ? tagged(text, NO_TIME, null) : null;
  const rest = text.slice(time.length);
  const direct = isTag(firstWord(rest));
  if (direct && (hasPriority || !time.isIso)) return tagged(rest, time.when, null);
  const host = firstWord(rest);
  const message = rest.slice(host.length + 1);
  if (host === "" || !(hasPriority || isTag(firstWord(message)))) return null;
  return tagged(message, time.when, host);
}

const SYSLOG_TIME = /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) /;
const RFC3339_TIME = /^(\d{4}-\d\d-\d\dT[\d:.,]{8,20}(?:Z|[+-]\d\d:?\d\d)) /;

function headerTime(
  text: string,
  { receivedAt }: LineContext,
): { when: LogTime; length: number; isIso: boolean } | null {
  const [old, stamp] = SYSLOG_TIME.exec(text) ?? [];
  if (old !== undefined) {
    const when = syslogTime(stamp ?? "", receivedAt);
    return when && { when, length: old.length, isIso: false };
  }
  const [iso, rfc3339] = RFC3339_TIME.exec(text) ?? [];
  if (iso === undefined) return null;
  const when = isoTime(rfc3339 ?? "");
  return when && { when, length: iso.length, isIso: true };
}

/** No host or tag is longer. */
const WORD_MAX = 255;

function firstWord(text: string): string {
  const end = text.slice(0, WORD_MAX + 1).indexOf(" ");
  return end < 0 ? text.slice(0, WORD_MAX) : text.slice(0, end);
}

const TAG = /^([^\s[\]:]{1,128})(?:\[([^\s[\]]{1,64})\])?:$/;

function isTag(word: string): boolean {
  return TAG.test(word);
}

function tagged(text: string, { at, zone }: LogTime | typeof NO_TIME, host: string | null): SyslogMessage {
  const word = firstWord(text);
  const [, application, pid] = TAG.exec(word) ?? [];
  return {
    at,
    zone,
    host,
    application: application ?? null,
    pid: pid ?? null,
    message: application === undefined ? text : text.slice(word.length).replace(/^ /, ""),
  };
}
