import { bitString, type DerNode } from "./der-writer.ts";

/** The bits of KeyUsage in their order (RFC 5280 §4.2.1.3). */
export const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

/** A named bit list: DER leaves out the trailing zero bits (X.690 §11.2.2). */
export function keyUsageNode(usages: readonly KeyUsage[]): DerNode {
  let bits = 0;
  for (const usage of usages) bits |= 0x8000 >> KEY_USAGES.indexOf(usage);
  if (bits === 0) return bitString(new Uint8Array(0));
  const low = bits & 0xff;
  const octets = low === 0 ? Uint8Array.of(bits >> 8) : Uint8Array.of(bits >> 8, low);
  return bitString(octets, 31 - Math.clz32(lowestBit(low === 0 ? bits >> 8 : low)));
}

function lowestBit(value: number): number {
  return value & -value;
}

/** The usages whose bits are set. */
export function keyUsagesOf(octets: Uint8Array): KeyUsage[] {
  const bits = ((octets[0] ?? 0) << 8) | (octets[1] ?? 0);
  return KEY_USAGES.filter((_, index) => (bits & (0x8000 >> index)) !== 0);
}
