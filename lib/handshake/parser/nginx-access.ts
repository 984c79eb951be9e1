import type { ParsedLine } from "#lib/handshake/observation.ts";
import { commonLogTime, type LogTime } from "./log-time.ts";
import { nginxAnswer } from "./nginx-status.ts";
import { observed } from "./observed.ts";
import { socketAddress } from "./socket-address.ts";

/**
 * Reads a line of nginx's access log in its default format, `combined`, or one that only adds something before or
 * behind it.
 *
 * @returns null when it is none, or cut off before its status
 */
export function readNginxAccess(text: string): ParsedLine | null {
  const stamp = stampIn(text);
  if (stamp === null) return null;
  const start = stamp.end + 1;
  if (text[start - 1] !== " " || text[start] !== '"') return null;
  const end = text.indexOf('"', start + 1);
  const [, status, bodyLength] = end < 0 ? [] : (STATUS.exec(text.slice(end + 1, end + 30)) ?? []);
  if (status === undefined) return null;
  const answer = nginxAnswer({
    status: Number(status),
    request: text.slice(start + 1, end),
    verify: null,
    protocol: null,
    cipher: null,
    bodyLength: bodyLength === undefined ? null : Number(bodyLength),
  });
  if (answer === null) return { kind: "other" };
  return observed(stamp.time, {
    proxy: "nginx",
    log: "access",
    ...answer,
    peer: answer.direction === "upstream" ? null : addressIn(text.slice(0, stamp.start)),
    status: Number(status),
    quote: text.slice(start, Math.min(end + 1 + status.length + 1, start + 300)),
  });
}

/** nginx writes a quotation mark in the request as `\x22`, so the next one ends it. */
const STATUS = /^ (\d{3})(?: (\d{1,15}|-))?(?= |$)/;

/** `21/Nov/2026:23:13:31 +0000` between brackets. */
const STAMP_LENGTH = 26;
/** The name of a user stands before the time, and is the client's choice. */
const BEFORE_MAX = 1_000;

/** The first time in brackets, and where it begins and ends. */
export function stampIn(text: string): { time: LogTime; start: number; end: number } | null {
  const head = text.slice(0, BEFORE_MAX);
  for (let at = head.indexOf(" ["); at >= 0; at = head.indexOf(" [", at + 1)) {
    const end = at + 2 + STAMP_LENGTH;
    const time = text[end] === "]" ? commonLogTime(text.slice(at + 2, end)) : null;
    if (time !== null) return { time, start: at, end: end + 1 };
  }
  return null;
}

/** The first address: formats for several hosts have the name of the host before it. */
export function addressIn(text: string): ReturnType<typeof socketAddress> {
  for (const word of text.split(" ", 4)) {
    const address = socketAddress(word);
    if (address !== null && address.port === null) return address;
  }
  return null;
}
