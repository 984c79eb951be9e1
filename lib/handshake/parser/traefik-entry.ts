import { plainGoLine } from "./go-handshake-line.ts";
import { type JsonObject, jsonLine, textIn } from "./json-line.ts";
import type { BareLine } from "./line-prefix.ts";
import { isoTime, type LogTime } from "./log-time.ts";

/** A line of Traefik's own log, of version 1, 2 or 3, as text or JSON. */
export interface TraefikEntry {
  time: LogTime | null;
  message: string;
  /** The error that belongs to it, where it is a field of its own: since version 3. */
  error: string | null;
  fields: JsonObject;
}

/** @returns null when it is none, or cut off */
export function traefikEntry({ text, time }: BareLine): TraefikEntry | null {
  const entry = text.startsWith("{")
    ? jsonEntry(text)
    : (logfmtEntry(text) ?? consoleEntry(text) ?? terminalEntry(text) ?? plainEntry(text));
  return entry === null ? null : { ...entry, time: entry.time ?? time };
}

/** `msg` is of logrus (version 2), `message` of zerolog (version 3). Caddy has `ts` for the time, and a logger. */
function jsonEntry(text: string): TraefikEntry | null {
  const fields = jsonLine(text);
  if (fields === null || fields.ts !== undefined || fields.logger !== undefined) return null;
  const message = textIn(fields.msg) ?? textIn(fields.message);
  const time = textIn(fields.time);
  if (message === null || textIn(fields.level) === null || time === null) return null;
  return { time: isoTime(time), message, error: textIn(fields.error), fields };
}

/** logrus: `time="2026-04-09T07:31:04Z" level=debug msg="…" entryPointName=websecure`. */
const LOGFMT = /^time="?([0-9T:.Z+-]{19,40})"? level=[a-z]{4,7} msg=/;

function logfmtEntry(text: string): TraefikEntry | null {
  const [whole, time = ""] = LOGFMT.exec(text) ?? [];
  if (whole === undefined) return null;
  const message = goValue(text, whole.length);
  if (message === null) return null;
  const fields = goFields(text, message.end);
  return { time: isoTime(time), message: message.value, error: textIn(fields.error), fields };
}

/** zerolog: `2026-04-09T07:31:04Z DBG log/log.go:245 > … error="…" entryPointName=websecure`. */
const CONSOLE =
  /^(?:(\d{4}-\d\d-\d\dT[0-9:.Z+-]{9,26}) )?(?:TRC|DBG|INF|WRN|ERR|FTL|PNC) (?:[\w./@-]{1,200}:\d{1,6} )?(?:> )?/;

function consoleEntry(text: string): TraefikEntry | null {
  const [whole, time] = CONSOLE.exec(text) ?? [];
  if (whole === undefined) return null;
  return said(time === undefined ? null : isoTime(time), text.slice(whole.length));
}

/** logrus on a terminal: `DEBU[2026-04-09T07:31:04Z] …`, or seconds since the start. */
const TERMINAL = /^(?:DEBU|INFO|WARN|ERRO|FATA)\[([0-9T:.Z+-]{4,40})\] /;

function terminalEntry(text: string): TraefikEntry | null {
  const [whole, time = ""] = TERMINAL.exec(text) ?? [];
  return whole === undefined ? null : said(isoTime(time), text.slice(whole.length));
}

function plainEntry(text: string): TraefikEntry | null {
  const line = plainGoLine(text);
  return line === null ? null : { ...line, error: null, fields: {} };
}

/** zerolog writes the error first among the fields. What the message is itself may hold an equals sign. */
const FIRST_FIELD = / (?=(?:error|entryPointName|routerName|serviceName|providerName)=)/;

function said(time: LogTime | null, text: string): TraefikEntry | null {
  const at = text.search(FIRST_FIELD);
  const message = (at < 0 ? text : text.slice(0, at)).trim();
  if (message === "") return null;
  const fields = at < 0 ? {} : goFields(text, at);
  return { time, message, error: textIn(fields.error), fields };
}

const FIELD_NAME = / *([\w. -]{1,60})=/y;
const FIELDS_MAX = 40;

/** `name=value name="value"`, up to where they end. */
function goFields(text: string, from: number): JsonObject {
  const fields: [string, string][] = [];
  for (let at = from; fields.length < FIELDS_MAX; ) {
    FIELD_NAME.lastIndex = at;
    const [whole, name = ""] = FIELD_NAME.exec(text) ?? [];
    if (whole === undefined) break;
    const value = goValue(text, at + whole.length);
    if (value === null) break;
    fields.push([name, value.value]);
    at = value.end;
  }
  return Object.fromEntries(fields);
}

const BARE = /[^\s"]*/y;

/** A value as logrus and zerolog write it: bare, or quoted as Go does (%q). Null when its end is cut off. */
function goValue(text: string, at: number): { value: string; end: number } | null {
  if (text[at] === '"') return quotedValue(text, at + 1);
  BARE.lastIndex = at;
  return { value: BARE.exec(text)?.[0] ?? "", end: BARE.lastIndex };
}

function quotedValue(text: string, start: number): { value: string; end: number } | null {
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return { value: unquoted(text.slice(start, at)), end: at + 1 };
  }
  return null;
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}
