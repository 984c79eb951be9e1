/**
 * Octets of an IPv4 (dotted quad, RFC 791) or IPv6 address (RFC 4291 §2.2), without zone or prefix length.
 *
 * @returns 4 or 16 octets, or null when the text is neither
 */
export function parseIp(text: string): Uint8Array | null {
  if (text.length > 45) return null;
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  const octets = new Uint8Array(4);
  for (let index = 0; index < 4; index++) {
    const part = parts[index] as string;
    // No leading zeros: some read them as octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    octets[index] = Number(part);
  }
  return octets;
}

function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] as string, true) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const octets = new Uint8Array(16);
  [...head, ...new Array<number>(missing).fill(0), ...tail].forEach((group, index) => {
    octets[2 * index] = group >> 8;
    octets[2 * index + 1] = group & 255;
  });
  return octets;
}

/** 16-bit groups of one side of `::`; the last may be a dotted quad when it ends the address. */
function groupsOf(text: string, endsAddress: boolean): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const quad = endsAddress && index === parts.length - 1 ? parseIpv4(part) : null;
      if (quad === null) return null;
      groups.push(
        ((quad[0] as number) << 8) | (quad[1] as number),
        ((quad[2] as number) << 8) | (quad[3] as number),
      );
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return null;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

/**
 * Text of 4 or 16 octets; IPv6 in the canonical form of RFC 5952 (lower case, longest run of zeros as ::).
 *
 * @returns null for any other number of octets
 */
export function formatIp(octets: Uint8Array): string | null {
  if (octets.length === 4) return octets.join(".");
  if (octets.length !== 16) return null;
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((octets[2 * index] as number) << 8) | (octets[2 * index + 1] as number),
  );
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (best.start < 0) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
