/**
 * Whether the caller takes a gzip-compressed answer (RFC 9110 §12.5.3).
 *
 * @param header the value of Accept-Encoding
 */
export function acceptsGzip(header: string | undefined): boolean {
  let others = false;
  for (const item of (header ?? "").split(",")) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
    if (coding === "gzip" || coding === "x-gzip") return !refused;
    if (coding === "*") others = !refused;
  }
  return others;
}
