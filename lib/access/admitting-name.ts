/**
 * The name of a certificate by which its holder can be known from now on: the one that tells most about who it is. One
 * with a `*` is none, as it would stand for other names as well in a credential. A common name is believed only where
 * there is no alternative name (RFC 6125 §6.4.4).
 *
 * @returns undefined when there is none
 */
export function admittingName<T extends { type: string; value: string }>(names: readonly T[]): T | undefined {
  const alternative = names.filter(({ type }) => type === "uri" || type === "dns");
  const believed = (alternative.length > 0 ? alternative : names).filter(({ value }) => !value.includes("*"));
  return believed.find(({ type }) => type === "uri") ?? believed[0];
}
