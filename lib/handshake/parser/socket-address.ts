import { isIP } from "node:net";
import type { Observation } from "#lib/handshake/observation.ts";

const BRACKETED = /^\[([0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,32})?)\](?::(\d{1,5}))?$/;
const PLAIN = /^([0-9A-Za-z_.-]{1,255}):(\d{1,5})$/;
/** No address is longer, with its zone. */
const BARE_MAX = 80;

/** `192.0.2.7:41200`, `[2001:db8::1]:443`, or an address without a port. Null when it is none. */
export function socketAddress(text: string): Observation["peer"] {
  const [, address, port] = BRACKETED.exec(text) ?? PLAIN.exec(text) ?? [];
  if (address !== undefined) return { address, port: port === undefined ? null : Number(port) };
  return text.length <= BARE_MAX && isIP(text) !== 0 ? { address: text, port: null } : null;
}

/** What lines of one connection have in common when they say its address and port. */
export function peerKeys(peer: Observation["peer"]): string[] {
  if (peer === null || peer.port === null) return [];
  return [`peer ${peer.address}:${peer.port}`];
}
