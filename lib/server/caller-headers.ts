import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";
import { CALLER_ADDRESS_HEADER } from "#lib/identity/caller.ts";

/** Tells whether an IP address is that of a reverse proxy whose word counts. */
export type TrustsProxy = (address: string) => boolean;

/** @param ranges addresses and ranges such as `10.0.0.0/8`, checked by the settings */
export function trustedProxies(ranges: readonly string[]): TrustsProxy {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/**
 * Leaves in a request's headers only what is true about its caller: `X-Forwarded-*` of our own
 * making, and the caller's address in CALLER_ADDRESS_HEADER. What a trusted proxy says of its
 * callers is believed; what anybody else says is removed.
 *
 * @param headers changed in place
 * @param connection the peer's address, and whether it speaks TLS to us
 */
export function stateCaller(
  headers: IncomingHttpHeaders,
  connection: { peer: string; encrypted: boolean },
  isTrusted: TrustsProxy,
): void {
  const peer = plainAddress(connection.peer);
  const claimed = { for: headers["x-forwarded-for"], protocol: headers["x-forwarded-proto"] };
  for (const name of Object.keys(headers)) {
    if (name.startsWith("x-forwarded-") || name === "forwarded" || name === "x-real-ip") delete headers[name];
  }

  let address = peer;
  let protocol = connection.encrypted ? "https" : "http";
  if (isTrusted(peer)) {
    address = nearestStranger(textOf(claimed.for), isTrusted) ?? peer;
    const said = textOf(claimed.protocol).split(",")[0]?.trim();
    if (said === "https" || said === "http") protocol = said;
  }
  headers["x-forwarded-for"] = address;
  headers["x-forwarded-proto"] = protocol;
  headers[CALLER_ADDRESS_HEADER] = address;
}

/** Each proxy appends whom it saw: from the right, the first that is no proxy of ours is the caller. */
function nearestStranger(forwardedFor: string, isTrusted: TrustsProxy): string | undefined {
  const hops = forwardedFor.split(",").map((hop) => plainAddress(hop.trim()));
  for (const hop of hops.reverse()) {
    // What is left of something unreadable was not written by our proxies either.
    if (isIP(hop) === 0) return undefined;
    if (!isTrusted(hop)) return hop;
  }
  return hops.at(-1);
}

/** IPv4 as such, also when it comes over a socket that listens for both families. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

function textOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(",") : (value ?? "");
}
