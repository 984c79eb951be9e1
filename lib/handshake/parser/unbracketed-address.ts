import type { Observation } from "#lib/handshake/observation.ts";

const ADDRESS = /^[0-9A-Za-z_.:%-]{1,255}$/;
const PORT = /^\d{1,5}$/;

/**
 * `192.0.2.7:41200` or `2001:db8::1:41200`: HAProxy and Apache write IPv6 addresses without brackets, and always a port
 * behind. Null when it is none of these.
 */
export function unbracketedAddress(text: string): Observation["peer"] {
  const colon = text.lastIndexOf(":");
  const port = text.slice(colon + 1);
  const address = text.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, "$1");
  return ADDRESS.test(address) && PORT.test(port) ? { address, port: Number(port) } : null;
}
