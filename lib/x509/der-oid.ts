/** Arcs longer than this are no object identifiers anybody uses, and cost time to print. */
const MAX_OCTETS = 128;

/**
 * Dotted text of the content octets of an OBJECT IDENTIFIER (X.690 §8.19).
 *
 * @returns null when the octets are empty, unfinished, padded or absurdly long
 */
export function decodeOid(content: Uint8Array): string | null {
  const length = content.length;
  if (length === 0 || length > MAX_OCTETS || (content[length - 1] as number) >= 0x80) return null;
  let text = "";
  let index = 0;
  while (index < length) {
    if (content[index] === 0x80) return null;
    const from = index;
    let arc = 0;
    while ((content[index] as number) >= 0x80) arc = arc * 128 + ((content[index++] as number) & 0x7f);
    arc = arc * 128 + (content[index++] as number);
    const exact = index - from > 7 ? bigArc(content.subarray(from, index)) : arc;
    text = from === 0 ? firstArcs(exact) : `${text}.${exact}`;
  }
  return text;
}

function firstArcs(arc: number | bigint): string {
  if (arc < 40) return `0.${arc}`;
  if (arc < 80) return `1.${Number(arc) - 40}`;
  return `2.${typeof arc === "bigint" ? arc - 80n : arc - 80}`;
}

function bigArc(octets: Uint8Array): bigint {
  let arc = 0n;
  for (const octet of octets) arc = (arc << 7n) | BigInt(octet & 0x7f);
  return arc;
}
