import { plainGoLine } from "./go-handshake-line.ts";
import { type JsonObject, jsonLine, objectIn, textIn } from "./json-line.ts";
import { bareLine } from "./line-prefix.ts";
import { commonLogTime, isoTime, type LogTime, nginxTime } from "./log-time.ts";

/** A line of Caddy, whichever of its encoders wrote it. */
export interface CaddyEntry {
  time: LogTime | null;
  /** `http.stdlib`, `http.log.access.log0`; empty when it has none. */
  logger: string;
  message: string;
  fields: JsonObject;
}

/** @returns null when it is not one of Caddy's, or cut off */
export function caddyEntry(line: string, receivedAt: number): CaddyEntry | null {
  const { text, time } = bareLine(line, receivedAt);
  const entry = text.startsWith("{") ? jsonEntry(text) : (consoleEntry(text) ?? plainEntry(text));
  return entry === null ? null : { ...entry, time: entry.time ?? time };
}

function jsonEntry(text: string): CaddyEntry | null {
  const fields = jsonLine(text);
  if (fields === null) return null;
  const { level, logger, msg, ts } = fields;
  const message = textIn(msg);
  const isCaddys = textIn(level) !== null && (ts !== undefined || textIn(logger) !== null);
  if (!isCaddys || message === null) return null;
  return { time: caddyTime(ts), logger: textIn(logger) ?? "", message, fields };
}

const TIME = "(?:\\d{4}[/-]\\d\\d[/-]\\d\\d[T ][0-9:.]{8,18}(?:Z|[+-]\\d{4})?|\\d\\.\\d{1,18}e[+]\\d\\d)";
const BEGINNING = new RegExp(
  `^(${TIME})[\\t ]+(DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL)[\\t ]+(?:((?:http|tls|events|admin|pki|layer4|storage|dynamic_dns|docker-proxy)[\\w.-]{0,120})[\\t ]+)?`,
  "i",
);

/** Time, level, logger and message with tabs between them, and the fields as JSON behind. Pasted tabs are blanks. */
function consoleEntry(text: string): CaddyEntry | null {
  const [whole, time = "", , logger = ""] = BEGINNING.exec(text) ?? [];
  if (whole === undefined) return null;
  // Others that log with tabs write the time like that, too.
  if (logger === "" && time.includes("T")) return null;
  const rest = text.slice(whole.length);
  const brace = rest.includes("\t{") ? rest.indexOf("\t{") : rest.indexOf(" {");
  const fields = brace < 0 ? null : jsonLine(rest.slice(brace + 1));
  const message = (brace < 0 ? rest : rest.slice(0, brace)).trim();
  return { time: caddyTime(time), logger, message, fields: objectIn(fields) ?? {} };
}

/** Caddy 1 had no log of its own for this. */
function plainEntry(text: string): CaddyEntry | null {
  const line = plainGoLine(text);
  return line === null ? null : { ...line, logger: "", fields: {} };
}

/** Seconds, milliseconds or nanoseconds since 1970, as a number or as text, or any of the formats by name. */
function caddyTime(value: unknown): LogTime | null {
  if (typeof value === "number") return sinceEpoch(value);
  if (typeof value !== "string" || value.length > 64) return null;
  const known = isoTime(value) ?? nginxTime(value) ?? commonLogTime(value);
  return known ?? (/^\d\.\d{1,18}e[+]\d\d$/.test(value) ? sinceEpoch(Number(value)) : null);
}

function sinceEpoch(value: number): LogTime | null {
  const scale = value < 1e11 ? 1e3 : value < 1e14 ? 1 : 1e-6;
  const at = Math.round(value * scale);
  return Number.isSafeInteger(at) && at > 0 ? { at, zone: "said" } : null;
}
