import { BlockList, isIP } from "node:net";

/**
 * Whether an address lies in a range.
 *
 * @param address IPv4 or IPv6 text
 * @param range `192.0.2.0/24` or `2001:db8::/32`
 */
export function ipInRange(address: string, range: string): boolean {
  const [network = "", prefix = ""] = range.split("/");
  if (isIP(address) === 0 || isIP(address) !== isIP(network)) return false;
  const family = isIP(network) === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}
