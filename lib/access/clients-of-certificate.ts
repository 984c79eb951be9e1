import { patternsOfName } from "#lib/access/decide/name-places.ts";
import { CREDENTIAL_KINDS, type CredentialKind } from "#lib/access/decide/snapshot.ts";
import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import type { ReadCertificate } from "#lib/access/presented-certificate.ts";
import type { Reader, Transaction } from "#lib/database.ts";

/** A certificate may have a thousand names, and a statement not as many parameters. */
const PART = 500;

/** A client that is known by a certificate now. */
export interface ClientOfCertificate {
  id: string;
  name: string;
  /** By what. */
  by: CredentialKind;
}

/**
 * The clients that a certificate proves now, asked of the database and not of a snapshot; the strongest proof first,
 * each client once. A retired one has no credential that counts.
 *
 * @param issuers from `readKnownIssuers`, with which the certificate was read
 */
export async function clientsOfCertificate(
  read: Reader | Transaction,
  { sha256, keySha256, names, issuer }: Pick<ReadCertificate, "sha256" | "keySha256" | "names" | "issuer">,
  { standsFor }: KnownIssuers,
  now: Date,
): Promise<ClientOfCertificate[]> {
  const rows = await liveCredentials(
    read,
    {
      OR: [
        { kind: "certificate", sha256 },
        { kind: "key", sha256: keySha256 },
      ],
    },
    now,
  );
  const authorities = [...standsFor].filter(([, first]) => first === issuer).map(([id]) => id);
  const patterns =
    issuer === null
      ? []
      : names.flatMap((name) =>
          patternsOfName(name).map((nameValue) => ({ nameType: name.type, nameValue })),
        );
  for (let start = 0; start < patterns.length; start += PART) {
    const some = Map.groupBy(patterns.slice(start, start + PART), ({ nameType }) => nameType);
    const OR = [...some].map(([nameType, values]) => ({
      nameType,
      nameValue: { in: values.map(({ nameValue }) => nameValue) },
    }));
    rows.push(...(await liveCredentials(read, { authorityId: { in: authorities }, OR }, now)));
  }
  const found = CREDENTIAL_KINDS.flatMap((by) =>
    rows.filter(({ kind }) => kind === by).map(({ client }) => ({ ...client, by })),
  );
  return found.filter(({ id }, index) => found.findIndex((other) => other.id === id) === index);
}

function liveCredentials(
  read: Reader | Transaction,
  where: NonNullable<Parameters<Reader["credential"]["findMany"]>[0]>["where"] & object,
  now: Date,
) {
  return read.credential.findMany({
    where: {
      ...where,
      startsAt: { lte: now },
      AND: { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
    },
    select: { kind: true, client: { select: { id: true, name: true } } },
    orderBy: { id: "asc" },
  });
}
