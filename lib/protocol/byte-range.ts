/** A part of a representation: positions of its first and last octet. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * The part that a Range header asks for (RFC 9110 §14.1.2 and §14.2). One range; several are answered with the
 * whole, as are units and syntax that we do not know.
 *
 * @param header the header's value
 * @param size octets of the whole
 * @returns null when the whole is to be sent, "unsatisfiable" when it asks for nothing that there is (416)
 */
export function byteRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | null {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return null;
  return first >= size ? "unsatisfiable" : { first, last };
}
