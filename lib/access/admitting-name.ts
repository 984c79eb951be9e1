import type { NameType } from "#lib/access/decide/request.ts";

/** The name that tells most about who it is; a common name is believed least. */
const ADMITTED_BY: readonly NameType[] = ["uri", "dns", "commonName"];

/**
 * The name of a certificate by which its holder can be known from now on. One with a `*` cannot: in a credential it
 * would stand for other names as well.
 *
 * @returns undefined when there is none
 */
export function admittingName<T extends { type: string; value: string }>(names: readonly T[]): T | undefined {
  const single = names.filter(({ value }) => !value.includes("*"));
  return ADMITTED_BY.map((type) => single.find((name) => name.type === type)).find(
    (name) => name !== undefined,
  );
}
