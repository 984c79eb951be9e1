import type { LineContext, LineParser } from "#lib/handshake/observation.ts";
import { syslogLine } from "#lib/handshake/syslog-line.ts";
import { type LogTime, nginxTime } from "./log-time.ts";
import { observed } from "./observed.ts";
import { stunnelVerdict } from "./stunnel-words.ts";

/**
 * Lines of stunnel 4 and 5, from its own log or from syslog. Those of one connection have their thread in common, whose
 * numbers begin again with each start; syslog adds the process.
 */
export const parseStunnel: LineParser = (line, context) => {
  const entry = ownLine(line, null) ?? syslogEntry(line, context);
  if (entry === null) return { kind: "not-understood" };
  const verdict = /^\d/.test(entry.thread) ? stunnelVerdict(entry.message) : null;
  if (verdict === null) return { kind: "other" };
  return observed(entry.time, {
    proxy: "stunnel",
    log: "error",
    quote: entry.message.slice(0, 300),
    ...verdict,
    keys: [`thread ${entry.thread}`, ...(verdict.keys ?? [])],
  });
};

interface StunnelEntry {
  time: LogTime | null;
  /** `9`, or `1788:9` with the process; `ui` and others do not serve. */
  thread: string;
  message: string;
}

const HEAD =
  /^(?:(\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) )?LOG[0-7]\[(\d{1,20}(?::\d{1,20})?|[a-z][\w-]{0,30})\]: /;

function ownLine(text: string, pid: string | null): StunnelEntry | null {
  const [head, time, thread = ""] = HEAD.exec(text) ?? [];
  if (head === undefined) return null;
  return {
    time: time === undefined ? null : nginxTime(time),
    thread: pid !== null && /^\d+$/.test(thread) ? `${pid}:${thread}` : thread,
    message: text.slice(head.length).trimEnd(),
  };
}

function syslogEntry(line: string, context: LineContext): StunnelEntry | null {
  const wrapped = syslogLine(line, context);
  const entry = wrapped === null ? null : ownLine(wrapped.message, wrapped.pid);
  if (wrapped === null || entry === null) return null;
  const { at, zone } = wrapped;
  return { ...entry, time: entry.time ?? (at === null ? null : { at, zone }) };
}
