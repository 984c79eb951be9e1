import { patternsOfName } from "#lib/access/decide/name-places.ts";
import type { PresentedName } from "#lib/access/decide/request.ts";
import { issuerKey } from "#lib/authority/same-issuer.ts";
import type { Database } from "#lib/database.ts";
import type { ColumnValue, Row } from "#lib/driver.ts";
import { queryRows, timeOf } from "#lib/sql-steps.ts";
import type { KnownClient } from "./inventory-view.ts";
import { isAmong, listOf } from "./json-rows.ts";
import type { RecordedCertificate } from "./recorded-certificates.ts";

/** Values of one query. */
const PART = 400;

/** Names of a certificate by which it is asked whose it is: no client's has more. */
const NAMES_MAX = 20;

interface Owner {
  kind: string;
  sha256: string;
  nameType: string;
  nameValue: string;
  authorityId: string | null;
  certificateId: string | null;
  endsAt: Date | null;
  createdAt: Date;
  client: { id: string; name: string; status: string; statusSince: Date; expiresAt: Date | null };
}

const SELECT = `SELECT k."id", k."kind", k."sha256", k."nameType", k."nameValue", k."authorityId", k."certificateId",
    k."endsAt", k."createdAt", cl."id" AS "clientId", cl."name", cl."status", cl."statusSince", cl."expiresAt"
  FROM "Credential" k JOIN "Client" cl ON cl."id" = k."clientId"`;

/**
 * The clients that certificates belong to, also by credentials that have ended: an expired one is often why a handshake
 * failed. Of several the certificate's own first, then the key's, then a name's, and of those what goes on the longest.
 *
 * @returns by id of the certificate
 */
export async function clientsOf(
  database: Database,
  certificates: readonly RecordedCertificate[],
): Promise<Map<string, KnownClient>> {
  const leaves = certificates.filter(({ certificate }) => !certificate.isAuthority);
  const standsFor = await standings(database, leaves);
  const wanted = leaves.map((leaf) => ({ leaf, places: placesOf(leaf, standsFor) }));
  const found = new Map<string, Owner[]>();
  for (const owner of await owners(database, wanted, standsFor)) {
    for (const place of placesOfOwner(owner, standsFor))
      found.set(place, [...(found.get(place) ?? []), owner]);
  }
  const clients = new Map<string, KnownClient>();
  for (const { leaf, places } of wanted) {
    for (const { place } of places) {
      const [owner] = (found.get(place) ?? []).toSorted(longestFirst);
      if (owner === undefined) continue;
      clients.set(leaf.certificate.id, knownClient(owner.client));
      break;
    }
  }
  return clients;
}

function knownClient({ id, name, status, statusSince, expiresAt }: Owner["client"]): KnownClient {
  return { id, name, refused: refusedAs() };

  function refusedAs(): KnownClient["refused"] {
    if (status === "suspended" || status === "retired") return { as: status, since: statusSince.getTime() };
    return expiresAt === null ? null : { as: "expired", since: expiresAt.getTime() };
  }
}

function longestFirst(a: Owner, b: Owner): number {
  const end = ({ endsAt }: Owner) => endsAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
  return end(b) - end(a) || b.createdAt.getTime() - a.createdAt.getTime();
}

/** Which authority stands for each: those of one name and key are one (RFC 5280 §6.3.3). */
async function standings(
  database: Database,
  leaves: readonly RecordedCertificate[],
): Promise<ReadonlyMap<string, string>> {
  if (leaves.every(({ issuerId }) => issuerId === null)) return new Map();
  const rows = await queryRows(
    database,
    `SELECT a."id", c."keySha256", c."subject" FROM "Authority" a JOIN "Certificate" c ON c."id" = a."certificateId"`,
  );
  return new Map(
    rows.map(({ id, keySha256, subject }) => [
      String(id),
      issuerKey({ keySha256: String(keySha256), subject: String(subject) }),
    ]),
  );
}

/** Where a credential is found; `pattern` of those that are names. */
interface Place {
  place: string;
  pattern: string | null;
}

/** Where the credentials of a certificate are found, the most exact first. */
function placesOf(
  { certificate: { id, sha256, key, names, name, subject }, issuerId }: RecordedCertificate,
  standsFor: ReadonlyMap<string, string>,
): Place[] {
  const exact = [`certificate ${sha256}`, `recorded ${id}`, `key ${key}`];
  const issuer = issuerId === null ? undefined : standsFor.get(issuerId);
  // Without a subject it is called by another name here, which is no common name.
  const commonNames = subject === "" ? [] : [common(name)];
  const presented =
    issuer === undefined ? [] : [...names.slice(0, NAMES_MAX).flatMap(presentedName), ...commonNames];
  return [
    ...exact.map((place) => ({ place, pattern: null })),
    ...presented.flatMap((each) =>
      patternsOfName(each).map((pattern) => ({ place: `${each.type} ${issuer} ${pattern}`, pattern })),
    ),
  ];
}

const common = (value: string): PresentedName => ({ type: "commonName", value });

function presentedName(name: string): PresentedName[] {
  const value = name.slice(name.indexOf(":") + 1);
  if (name.startsWith("uri:")) return [{ type: "uri", value }];
  return name.startsWith("dns:") ? [{ type: "dns", value: value.toLowerCase() }] : [];
}

function placesOfOwner(owner: Owner, standsFor: ReadonlyMap<string, string>): string[] {
  const { kind, sha256, nameType, nameValue, authorityId, certificateId } = owner;
  if (kind === "name") return [`${nameType} ${standsFor.get(authorityId ?? "")} ${nameValue}`];
  return [`${kind} ${sha256}`, ...(certificateId === null ? [] : [`recorded ${certificateId}`])];
}

async function owners(
  database: Database,
  wanted: readonly { leaf: RecordedCertificate; places: readonly Place[] }[],
  standsFor: ReadonlyMap<string, string>,
): Promise<Owner[]> {
  const found = new Map<string, Owner>();
  const among = (column: string) => isAmong(database.target.provider, column);
  const ask = async (condition: string, ...lists: (readonly string[])[]) => {
    if (lists.some(({ length }) => length === 0)) return;
    const parameters = lists.map(listOf);
    for (const row of await queryRows(database, `${SELECT} WHERE ${condition}`, parameters)) {
      found.set(String(row.id), ownerOf(row));
    }
  };
  for (let start = 0; start < wanted.length; start += PART) {
    const part = wanted.slice(start, start + PART).map(({ leaf }) => leaf.certificate);
    await ask(
      `k."kind" = 'certificate' AND ${among('k."sha256"')}`,
      part.map(({ sha256 }) => sha256),
    );
    await ask(
      `k."kind" = 'key' AND ${among('k."sha256"')}`,
      part.map(({ key }) => key),
    );
    await ask(
      among('k."certificateId"'),
      part.map(({ id }) => id),
    );
  }
  const patterns = [
    ...new Set(
      wanted.flatMap(({ places }) => places.flatMap(({ pattern }) => (pattern === null ? [] : [pattern]))),
    ),
  ];
  for (let start = 0; start < patterns.length; start += PART) {
    await ask(
      `k."kind" = 'name' AND ${among('k."authorityId"')} AND ${among('k."nameValue"')}`,
      [...standsFor.keys()],
      patterns.slice(start, start + PART),
    );
  }
  return [...found.values()];
}

function ownerOf(row: Row): Owner {
  const textOf = (value: ColumnValue | undefined) => (value == null ? null : String(value));
  const dateOf = (value: ColumnValue | undefined) => (value == null ? null : timeOf(value));
  return {
    ...{ kind: String(row.kind), sha256: String(row.sha256) },
    ...{ nameType: String(row.nameType), nameValue: String(row.nameValue) },
    ...{ authorityId: textOf(row.authorityId), certificateId: textOf(row.certificateId) },
    ...{ endsAt: dateOf(row.endsAt), createdAt: timeOf(row.createdAt) },
    client: {
      ...{ id: String(row.clientId), name: String(row.name), status: String(row.status) },
      ...{ statusSince: timeOf(row.statusSince), expiresAt: dateOf(row.expiresAt) },
    },
  };
}
