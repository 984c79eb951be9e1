import type { Installation } from "#lib/installation.ts";

/** Names in one query. */
const NAMES_AT_ONCE = 200;
/** A name may have had thousands of certificates. */
const FOUND_MAX = 2_000;

/**
 * Which names have a certificate that is valid and not renewed, and until when.
 *
 * @param values lower-case, any number
 */
export async function certifiedNames(
  { database, clock }: Installation,
  values: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const distinct = [...new Set(values)];
  const certified = new Map<string, Date>();
  for (let start = 0; start < distinct.length; start += NAMES_AT_ONCE) {
    const rows = await database.read.certificateName.findMany({
      where: {
        value: { in: distinct.slice(start, start + NAMES_AT_ONCE) },
        certificate: { notAfter: { gt: clock.now() }, kind: "end-entity", cohort: { state: "active" } },
      },
      select: { value: true, certificate: { select: { notAfter: true } } },
      take: FOUND_MAX,
    });
    for (const { value, certificate } of rows) {
      const known = certified.get(value);
      if (known === undefined || known < certificate.notAfter) certified.set(value, certificate.notAfter);
    }
  }
  return certified;
}
