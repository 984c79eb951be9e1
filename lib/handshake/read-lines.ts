import { DomainError, malformed } from "#lib/errors.ts";
import { hasTooManyValues, isTooDeep, JSON_VALUES_MAX, objectsOf } from "./json-depth.ts";
import { LINE_MAX } from "./observation.ts";
import { lineOfEvent } from "./shipped-event.ts";
import { withoutTokens } from "./withheld-tokens.ts";

/** Lines of a body, ready to be parsed. */
export interface ReadLines {
  /** None is empty or longer than LINE_MAX; each is well-formed Unicode without NUL, which databases do not hold, and without tokens of ours. */
  lines: string[];
  /** How many of them were longer. */
  cut: number;
}

export interface LineLimits {
  /** The value of Content-Type; what is not called JSON may be JSON all the same. */
  contentType?: string | undefined;
  /** The most lines. */
  linesMax: number;
}

/**
 * The lines of a log in a body: text, a JSON value on each line, or a JSON array; objects are events of Vector or
 * Fluent Bit, which carry a line, or lines that a proxy wrote as JSON. A single line that is broken is a line like any
 * other, so that it cannot hold up those behind it; an array is taken whole or not at all, unless it is called text.
 *
 * @param body unpacked; bytes that are no UTF-8 become U+FFFD
 * @throws DomainError `tooLarge` for too many lines, or values in an array; `malformed` for an array that is none, or too deep
 */
export function readLines(body: Uint8Array, { contentType, linesMax }: LineLimits): ReadLines {
  const text = new TextDecoder().decode(body);
  const read: ReadLines = { lines: [], cut: 0 };
  const isJson = /^application\/json\b/i.test(contentType ?? "");
  const isText = /^text\/plain\b/i.test(contentType ?? "");
  const event = isJson ? wholeObject(text) : undefined;
  const array = isArray(text, isJson) ? arrayOf(text, isText) : null;
  if (event !== undefined) take(lineOfEvent(event), read, linesMax);
  else if (array !== null) {
    for (const each of array) take(lineOfEvent(each), read, linesMax);
  } else {
    for (const line of linesOf(text)) {
      for (const carried of carriedLines(line)) take(carried, read, linesMax);
    }
  }
  return read;
}

/** Lines of Apache begin with a bracket too, but never with one before these. */
function isArray(text: string, isJson: boolean): boolean {
  return /^\s{0,100}\[\s{0,100}(?:[{"\]]|$)/.test(text) || (isJson && /^\s{0,100}\[/.test(text));
}

/**
 * @param isText whoever calls it text, as all do who follow a file, may have a line that only begins like an array: what
 *   is none is lines then, or the sender would bring it again and again
 * @returns null for lines
 */
function arrayOf(text: string, isText: boolean): unknown[] | null {
  try {
    return wholeArray(text);
  } catch (error) {
    if (isText) return null;
    throw error;
  }
}

function wholeArray(text: string): unknown[] {
  if (isTooDeep(text)) throw malformed("body", "json.depth", "The body's JSON is nested too deeply.");
  if (hasTooManyValues(text)) throw tooMany("values of JSON", JSON_VALUES_MAX, "body.values");
  try {
    return JSON.parse(text) as unknown[];
  } catch (error) {
    throw malformed("body", "rfc8259", "The body begins like an array of JSON, and is none.", error);
  }
}

/** One object, which may be written on several lines. */
function wholeObject(text: string): unknown {
  if (!/^\s{0,100}\{/.test(text) || isTooDeep(text) || hasTooManyValues(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
  }
}

/** Only what may be an event is looked into: most lines are none. */
const CARRIES = /"(?:log|message|MESSAGE|line)"|\}\s?\{/;

function carriedLines(line: string): string[] {
  const bare = line.trim();
  if (!bare.startsWith("{") || !CARRIES.test(bare)) return [line];
  if (isTooDeep(bare) || hasTooManyValues(bare)) return [line];
  const whole = jsonOf(bare);
  if (whole !== undefined) return [lineOfEvent(whole, bare)];
  const parts = objectsOf(bare);
  // One that is cut off is left as it is.
  return parts.map((part) => {
    const event = jsonOf(part);
    return event === undefined ? part : lineOfEvent(event, part);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an event carries may be several lines. */
function take(text: string, read: ReadLines, linesMax: number): void {
  for (const line of text.includes("\n") ? linesOf(text) : [text]) {
    const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (bare.trim() === "") continue;
    if (read.lines.length >= linesMax) throw tooMany("lines", linesMax, "body.lines");
    const isLong = bare.length > LINE_MAX;
    if (isLong) read.cut++;
    const short = withoutTokens(isLong ? bare.slice(0, LINE_MAX) : bare).toWellFormed();
    read.lines.push(short.includes("\0") ? short.replaceAll("\0", "\uFFFD") : short);
  }
}

function tooMany(what: string, most: number, rule: string): DomainError {
  const detail = `The body has more than ${most.toLocaleString("en")} ${what}; send them in several.`;
  return new DomainError("tooLarge", detail, { violations: [{ field: "body", rule, detail }] });
}
