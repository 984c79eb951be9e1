import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** The alternative names of a certificate besides the one it is shown by. */
export interface OtherNames {
  /** The first of them, in the order of the certificate. */
  first: string[];
  /** How many there are in all. */
  count: number;
}

/** Names read of each certificate: some have thousands, and a list shows the first. */
const READ = 4;

/**
 * The other names of a page of certificates, lower case as they are searched by.
 *
 * @param shown certificates with the name that they are shown by; some hundred at most
 * @returns by id; certificates without other names are left out
 * @throws DomainError `forbidden`
 */
export async function otherNames(
  installation: Installation,
  actor: Actor,
  shown: readonly { id: string; displayName: string }[],
): Promise<Map<string, OtherNames>> {
  authorize(actor, "certificate:read");
  if (shown.length === 0) return new Map();
  const ids = shown.map(({ id }) => id);
  // A name's id is its certificate's and its position: the first are found without reading the rest.
  const nameIds = ids.flatMap((id) => Array.from({ length: READ }, (_, position) => `${id}.${position}`));
  const [counts, names] = await Promise.all([
    queryRows(
      installation.database,
      `SELECT "certificateId" AS "id", CAST(count(*) AS INTEGER) AS "count" FROM "CertificateName"
       WHERE "certificateId" IN (${ids.map(() => "?").join(", ")}) AND "type" <> 'cn' GROUP BY "certificateId"`,
      ids,
    ),
    installation.database.read.certificateName.findMany({
      where: { id: { in: nameIds }, type: { not: "cn" } },
      select: { id: true, certificateId: true, value: true },
    }),
  ]);
  const countOf = new Map(counts.map((row) => [String(row.id), Number(row.count)]));
  const namesOf = Map.groupBy(names, ({ certificateId }) => certificateId);
  const found = new Map<string, OtherNames>();
  for (const { id, displayName } of shown) {
    const known = (namesOf.get(id) ?? []).sort((a, b) => a.id.localeCompare(b.id)).map(({ value }) => value);
    const own = displayName.toLowerCase();
    const count = (countOf.get(id) ?? 0) - (known.includes(own) ? 1 : 0);
    if (count > 0) found.set(id, { first: known.filter((value) => value !== own), count });
  }
  return found;
}
