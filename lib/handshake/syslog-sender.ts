import { syslogLine } from "./syslog-line.ts";
import { structuredElement } from "./syslog-structured-data.ts";
import { withoutTokens } from "./withheld-tokens.ts";

/**
 * The element of structured data in which a sender names itself: `[countersign@32473 token="csp_…"]`. Names of one's own
 * bear a number of an enterprise (RFC 5424 §6.3.2); this is the one that is nobody's (RFC 5612 §2).
 */
export const SYSLOG_PARAMETER_ID = "countersign@32473";

/** A message without a header gets one that says nothing, so that what it begins with is taken for nothing else. */
const NO_HEADER = "<13>1 - - - - - - ";
const PRIORITY = /^<\d{1,3}>/;

/** A message of syslog, with what its sender proves itself by taken out. */
export interface SentMessage {
  /** One line, header and all, in which no token stands. */
  line: string;
  token: string | null;
}

/**
 * Parts a message from the token of its sender, which must not be kept with it.
 *
 * @param text a whole message, header and all
 */
export function sentMessage(text: string): SentMessage {
  const element = text.includes(SYSLOG_PARAMETER_ID) ? structuredElement(text, SYSLOG_PARAMETER_ID) : null;
  const line = element === null ? text : without(text, element);
  const whole = PRIORITY.test(line) ? line : NO_HEADER + line;
  // rsyslog that reads it from a file has the end of its line with it.
  const token = element?.parameters.get("token")?.trim() ?? null;
  return { line: onOneLine(withoutTokens(whole)), token };
}

function without(text: string, { start, end }: { start: number; end: number }): string {
  const before = text.slice(0, start);
  const after = text.slice(end);
  const isOnly = !before.endsWith("]") && !after.startsWith("[");
  return isOnly ? `${before}-${after}` : before + after;
}

function onOneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, " ") : text;
}

/** By which names a message says where it comes from: host and application, in small letters. */
export function saidNames(line: string): string[] {
  const { host, application } = syslogLine(line, { receivedAt: 0 }) ?? {};
  return [host, application].flatMap((name) => (name == null ? [] : [name.toLowerCase()]));
}
