import type { DerValue } from "./der-reader.ts";
import { context, contextPrimitive, type DerNode, sequence } from "./der-writer.ts";
import { toHex } from "./hex.ts";
import { formatIp, parseIp } from "./ip-address.ts";
import { formatName, type Name, nameNode, readName } from "./name.ts";

/** A subtree of names that an authority may, or may not, issue for. */
export type NameSubtree =
  /**
   * dns: `example.com` (it and everything below); email: `ops@example.com`, `example.com` (hosts exactly) or
   * `.example.com`; uri: a host or `.example.com`; ip: `10.0.0.0/8` or `fd00::/8`.
   */
  | { type: "dns" | "email" | "uri" | "ip"; value: string }
  /** A distinguished name that the subject must begin with; `value` is its RFC 4514 text. */
  | { type: "directoryName"; value: string; name: Name }
  /** A form we do not know, as hexadecimal DER: read only, and treated as matching nothing we can judge. */
  | { type: "other"; value: string };

export interface NameConstraints {
  permitted: readonly NameSubtree[];
  excluded: readonly NameSubtree[];
}

/** NameConstraints as a node; minimum is 0 and left out, maximum absent (RFC 5280 §4.2.1.10). */
export function nameConstraintsNode({ permitted, excluded }: NameConstraints): DerNode {
  const members: DerNode[] = [];
  if (permitted.length > 0)
    members.push(context(0, ...permitted.map((subtree) => sequence(subtreeNode(subtree)))));
  if (excluded.length > 0)
    members.push(context(1, ...excluded.map((subtree) => sequence(subtreeNode(subtree)))));
  return sequence(...members);
}

function subtreeNode(subtree: NameSubtree): DerNode {
  switch (subtree.type) {
    case "email":
      return contextPrimitive(1, subtree.value);
    case "dns":
      return contextPrimitive(2, subtree.value);
    case "uri":
      return contextPrimitive(6, subtree.value);
    case "ip": {
      const range = parseIpRange(subtree.value);
      if (range === null) throw new TypeError("not an IP range");
      return contextPrimitive(7, Uint8Array.of(...range.address, ...range.mask));
    }
    case "directoryName":
      return context(4, nameNode(subtree.name));
    default:
      throw new TypeError("constraints on other forms of names are read only");
  }
}

/** The NameConstraints in an element. */
export function readNameConstraints(value: DerValue): NameConstraints {
  const what = "name constraints extension";
  const fields = value.fields(what);
  const permitted = fields.optional(0xa0)?.children ?? [];
  const excluded = fields.optional(0xa1)?.children ?? [];
  fields.end();
  const read = (subtree: DerValue) => readSubtree(subtree, what);
  return { permitted: permitted.map(read), excluded: excluded.map(read) };
}

function readSubtree(value: DerValue, what: string): NameSubtree {
  const fields = value.fields(what);
  const base = fields.next("base");
  if (fields.rest().length > 0) {
    throw value.error(what, "has a minimum or maximum, which RFC 5280 leaves out", "rfc5280.4.2.1.10");
  }
  switch (base.tag) {
    case 0x81:
      return { type: "email", value: base.ia5(what) };
    case 0x82:
      return { type: "dns", value: base.ia5(what) };
    case 0x86:
      return { type: "uri", value: base.ia5(what) };
    case 0x87: {
      const text = formatIpRange(base.content);
      if (text === null)
        throw value.error(what, "has an IP range whose mask is no prefix", "rfc5280.4.2.1.10");
      return { type: "ip", value: text };
    }
    case 0xa4: {
      const inner = base.children[0];
      if (inner === undefined) throw value.error(what, "has an empty directory name", "rfc5280.4.2.1.10");
      const name = readName(inner, what);
      return { type: "directoryName", value: formatName(name), name };
    }
    default:
      return { type: "other", value: toHex(base.der) };
  }
}

/**
 * Address and mask of a range such as `10.0.0.0/8`.
 *
 * @returns null when it is no range, or when address bits beyond the prefix are set
 */
export function parseIpRange(text: string): { address: Uint8Array; mask: Uint8Array } | null {
  const slash = text.indexOf("/");
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  const prefixText = text.slice(slash + 1);
  if (address === null || (slash >= 0 && !/^\d{1,3}$/.test(prefixText))) return null;
  const prefix = slash < 0 ? address.length * 8 : Number(prefixText);
  if (prefix > address.length * 8) return null;
  const mask = maskOf(prefix, address.length);
  return address.every((octet, index) => (octet & ~(mask[index] as number) & 255) === 0)
    ? { address, mask }
    : null;
}

function formatIpRange(octets: Uint8Array): string | null {
  if (octets.length !== 8 && octets.length !== 32) return null;
  const half = octets.length / 2;
  const mask = octets.subarray(half);
  let prefix = 0;
  while (prefix < half * 8 && ((mask[prefix >> 3] as number) & (0x80 >> (prefix & 7))) !== 0) prefix++;
  const canonical = maskOf(prefix, half);
  if (mask.some((octet, index) => octet !== canonical[index])) return null;
  // Host bits of the address do not matter to the comparison (§4.2.1.10), so they are not shown.
  return `${formatIp(octets.slice(0, half).map((octet, index) => octet & (mask[index] as number)))}/${prefix}`;
}

function maskOf(prefix: number, octets: number): Uint8Array {
  return Uint8Array.from(
    { length: octets },
    (_, index) => (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * index))) & 255,
  );
}
