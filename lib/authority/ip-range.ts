import { parseIp } from "#lib/x509/ip-address.ts";

/**
 * Whether an address lies in a range. Pure and without Node, so that the browser's preview uses it too.
 *
 * @param address IPv4 or IPv6 text
 * @param range `192.0.2.0/24` or `2001:db8::/32`; bits of the network beyond the prefix do not count
 */
export function ipInRange(address: string, range: string): boolean {
  const [networkText = "", prefixText = ""] = range.split("/");
  const octets = parseIp(address);
  const network = parseIp(networkText);
  if (octets === null || network === null || octets.length !== network.length) return false;
  const prefix = Number(prefixText);
  return octets.every((octet, index) => {
    const bits = Math.min(8, Math.max(0, prefix - 8 * index));
    const mask = (0xff00 >> bits) & 0xff;
    return (octet & mask) === ((network[index] as number) & mask);
  });
}
