import { patternsOfName } from "#lib/access/decide/name-places.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import type { Database } from "#lib/database.ts";

/** Names that are asked for at once: SQLite and PostgreSQL both take so many parameters. */
const PART = 500;

/**
 * The clients that a certificate could be: those with a credential that it satisfies, whether or not its time has
 * come. Nobody else can have a say in what is decided about it.
 *
 * @param state of one moment (Database.snapshot)
 * @returns their ids, the oldest first
 */
export async function possibleClients(
  { read }: Database,
  certificate: Pick<PresentedCertificate, "sha256" | "keySha256" | "names" | "issuer">,
  { standsFor }: KnownIssuers,
): Promise<string[]> {
  const { sha256, keySha256, issuer } = certificate;
  const select = { clientId: true } as const;
  const found = new Set<string>();
  const pinned = await read.credential.findMany({
    where: {
      OR: [
        { kind: "certificate", sha256 },
        { kind: "key", sha256: keySha256 },
      ],
    },
    select,
  });
  for (const { clientId } of pinned) found.add(clientId);
  if (issuer === null) return [...found].sort();
  // One authority may be there several times, under several ids.
  const authorityIds = [...standsFor].filter(([, first]) => first === issuer).map(([id]) => id);
  for (const [type, names] of Map.groupBy(certificate.names, (name) => name.type)) {
    const values = [...new Set(names.flatMap(patternsOfName))];
    for (let start = 0; start < values.length; start += PART) {
      const named = await read.credential.findMany({
        where: {
          authorityId: { in: authorityIds },
          nameType: type,
          nameValue: { in: values.slice(start, start + PART) },
        },
        select,
      });
      for (const { clientId } of named) found.add(clientId);
    }
  }
  return [...found].sort();
}
