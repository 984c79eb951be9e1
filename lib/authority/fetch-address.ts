import { ipInRange } from "#lib/authority/ip-range.ts";
import { formatIp, parseIp } from "#lib/x509/ip-address.ts";

/**
 * Which addresses a fetch may go to. Whoever names a URL makes this server connect from where it stands, behind
 * the firewall and beside the cloud's metadata service: so what is not public needs a setting.
 */

/** Never, whatever the settings say: nothing that publishes a CRL is there, and what is there gives away secrets. */
const NEVER = [
  "0.0.0.0/8", // this host (RFC 1122 §3.2.1.3)
  "169.254.0.0/16", // link-local, with the metadata service of most clouds
  "100.100.100.200/32", // metadata service of Alibaba Cloud
  "192.0.0.192/32", // and of Oracle's
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
  "::/128",
  "fe80::/10", // link-local
  "fd00:ec2::254/128", // metadata service of Amazon
  "ff00::/8", // multicast
];

/** Special purposes (RFC 6890), only when a setting names them. */
const NOT_PUBLIC = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "2001::/23", // protocol assignments, Teredo among them: it carries an IPv4 address
  "2001:db8::/32",
  "2002::/16", // 6to4, the same
];

/** What is handed out to the public of IPv6; everything else has a special purpose. */
const PUBLIC_IPV6 = "2000::/3";

/** Prefixes behind which an IPv4 address stands: mapped, compatible (RFC 4291 §2.5.5) and NAT64 (RFC 6052). */
const CARRIES_IPV4 = ["::ffff:0:0/96", "::/96", "64:ff9b::/96"];

/** Ports of a URL on which something public listens; others need a setting. */
const USUAL_PORTS: ReadonlySet<number> = new Set([80, 443]);

/**
 * Whether a connection may be made.
 *
 * @param address as resolved, IPv4 or IPv6 text; what is neither is refused
 * @param allowed addresses and ranges beyond the public ones: there every port is allowed
 * @param own the address belongs to a URL of ours: loopback, private ranges and every port are allowed
 */
export function mayConnect(
  address: string,
  port: number,
  { allowed, own }: { allowed: readonly string[]; own: boolean },
): boolean {
  const octets = parseIp(address);
  if (octets === null) return false;
  const seen = innerAddress(octets);
  if (NEVER.some((range) => ipInRange(seen, range))) return false;
  if (own || allowed.some((range) => isWithin(seen, range))) return true;
  const isSpecial = seen.includes(":")
    ? !ipInRange(seen, PUBLIC_IPV6) || NOT_PUBLIC.some((range) => ipInRange(seen, range))
    : NOT_PUBLIC.some((range) => ipInRange(seen, range));
  return !isSpecial && USUAL_PORTS.has(port);
}

/** The address that is meant: an IPv4 address inside one of IPv6 is judged as such. */
function innerAddress(octets: Uint8Array): string {
  const text = formatIp(octets) ?? "";
  if (octets.length === 4 || text === "::" || text === "::1") return text;
  const carries = CARRIES_IPV4.some((range) => ipInRange(text, range));
  return carries ? (formatIp(octets.subarray(12)) ?? "") : text;
}

/** An address without a prefix stands for itself alone. */
function isWithin(address: string, range: string): boolean {
  return ipInRange(address, range.includes("/") ? range : `${range}/${range.includes(":") ? 128 : 32}`);
}
