import type { Observation } from "#lib/handshake/observation.ts";
import { commonLogTime, type LogTime } from "./log-time.ts";
import { unbracketedAddress } from "./unbracketed-address.ts";

/** `%ci:%cp [%tr] %ft`, with which every line of a connection begins. */
export interface HaproxyHead {
  time: LogTime;
  peer: Observation["peer"];
  frontend: string;
  /** What follows. */
  body: string;
}

/** Longest address and name that are looked at. */
const HEAD_MAX = 700;

export function haproxyHead(text: string): HaproxyHead | null {
  const start = text.slice(0, HEAD_MAX);
  const open = start.indexOf(" [");
  const close = start.indexOf("] ", open);
  if (open < 0 || close < 0) return null;
  const time = commonLogTime(start.slice(open + 2, close));
  if (time === null) return null;
  const end = start.indexOf(" ", close + 2);
  if (end < 0) return null;
  const address = start.slice(0, open);
  // All connections over a socket of the file system have the same "address".
  const peer = address.startsWith("unix:") ? null : unbracketedAddress(address);
  return { time, peer, frontend: start.slice(close + 2, end), body: text.slice(end) };
}
