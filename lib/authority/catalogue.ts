import type { IssuingAuthority, IssuingProfile } from "#lib/authority/issuance-check.ts";
import { constraintsOf, endOf } from "#lib/authority/issuer-path.ts";
import { openSigner } from "#lib/authority/key-store.ts";
import { profileRulesSchema } from "#lib/authority/profile-rules.ts";
import { type RefusedAuthority, refusedAuthority } from "#lib/authority/refused-authority.ts";
import type { Signer } from "#lib/authority/signer.ts";
import type { Database } from "#lib/database.ts";
import type { ColumnValue, DriverTransaction, Row } from "#lib/driver.ts";
import type { MasterKey } from "#lib/master-key.ts";
import { type ParsedCertificate, parseCertificate } from "#lib/x509/certificate-reader.ts";
import { fromHex } from "#lib/x509/hex.ts";
import { decodePem } from "#lib/x509/pem.ts";

/**
 * Everything an issuance needs to know, read once and kept until Ground.configuration says that an
 * authority or a profile changed. Keys are opened when they are first used.
 */

export interface CatalogueAuthority extends IssuingAuthority {
  id: string;
  slug: string;
  signer: Signer;
  /** DER Name, byte for byte as in its own certificate, so that chains match. */
  subjectDer: Uint8Array;
  /** RFC 4514 text for records. */
  subjectText: string;
  subjectKeyIdentifier: Uint8Array;
  certificate: Uint8Array;
  parsed: ParsedCertificate;
  /** Certificates from its own up to, but without, the root. */
  chain: readonly Uint8Array[];
  root: Uint8Array;
  distributionBase: string;
}

export interface CatalogueProfile extends IssuingProfile {
  id: string;
  slug: string;
  authority: CatalogueAuthority;
}

export interface Catalogue {
  /** The value of Ground.configuration for which this is right. */
  configuration: number;
  authorities: ReadonlyMap<string, CatalogueAuthority>;
  /** By id and by slug. */
  profiles: ReadonlyMap<string, CatalogueProfile>;
}

/** What the catalogue is read through: a transaction, or a connection outside one. */
type CatalogueReader = Pick<DriverTransaction, "all">;

/** The process's reader, for whoever asks now and then: a connection of one's own costs more than the reading. */
export function readerOf({ read }: Pick<Database, "read">): CatalogueReader {
  return { all: (sql, parameters = []) => read.$queryRawUnsafe<Row[]>(sql, ...parameters) };
}

/** Reads the catalogue. */
export async function readCatalogue(connection: CatalogueReader, masterKey: MasterKey): Promise<Catalogue> {
  const configuration = await readConfiguration(connection);
  const authorityRows = await connection.all(
    `SELECT a."id", a."slug", a."name", a."status", a."parentId", a."purposes",
       a."distributionBase", a."issuersAbove", k."id" AS "keyId", k."algorithm", k."sealed", k."spki",
       c."body", c."subject", h."state"
     FROM "Authority" a JOIN "AuthorityKey" k ON k."id" = a."keyId"
       JOIN "Certificate" c ON c."id" = a."certificateId" LEFT JOIN "CertificateCohort" h ON h."id" = c."cohortId"`,
  );
  const rows = new Map(authorityRows.map((row) => [text(row.id), row]));
  const authorities = new Map(
    authorityRows.map((row) => [text(row.id), authorityOf(row, ancestors(row, rows), masterKey)]),
  );
  const profiles = new Map<string, CatalogueProfile>();
  for (const row of await connection.all(
    'SELECT "id", "slug", "name", "status", "rules", "authorityId" FROM "CertificateProfile"',
  )) {
    const authority = authorities.get(text(row.authorityId));
    if (authority === undefined) continue; // excluded by the foreign key
    const profile: CatalogueProfile = {
      id: text(row.id),
      slug: text(row.slug),
      name: text(row.name),
      status: text(row.status),
      rules: profileRulesSchema.parse(JSON.parse(text(row.rules))),
      authority,
    };
    profiles.set(profile.id, profile);
    profiles.set(profile.slug, profile);
  }
  return { configuration, authorities, profiles };
}

/** The counter that every change of authorities, profiles, tokens and settings raises. */
export async function readConfiguration(connection: CatalogueReader): Promise<number> {
  const [ground] = await connection.all('SELECT "configuration" FROM "Ground" WHERE "id" = 1');
  return Number(ground?.configuration ?? 0);
}

function authorityOf(row: Row, above: readonly Row[], masterKey: MasterKey): CatalogueAuthority {
  const certificate = bytes(row.body);
  const lineage = [row, ...above];
  const foreign = text(lineage.at(-1)?.issuersAbove);
  const path = [
    ...lineage.map((each) => bytes(each.body)),
    ...(foreign === "" ? [] : decodePem(foreign, { field: "issuersAbove" }).map((block) => block.der)),
  ];
  const parsedPath = path.map((each) => parseCertificate(each));
  const [parsed] = parsedPath as [ParsedCertificate];
  let signer: Signer | undefined;
  const open = () => {
    signer ??= openSigner(masterKey, {
      id: text(row.keyId),
      algorithm: text(row.algorithm),
      sealed: bytes(row.sealed),
      spki: bytes(row.spki),
    });
    return signer;
  };
  return {
    id: text(row.id),
    slug: text(row.slug),
    name: text(row.name),
    status: text(row.status),
    notAfter: endOf(parsedPath),
    purposes: JSON.parse(text(row.purposes)) as ("server" | "client")[],
    nameConstraints: constraintsOf(parsedPath),
    refused: firstRefused(lineage),
    get signer() {
      return open();
    },
    subjectDer: parsed.subjectDer,
    subjectText: text(row.subject),
    subjectKeyIdentifier: fromHex(parsed.subjectKeyIdentifier ?? ""),
    certificate,
    parsed,
    chain: path.slice(0, Math.max(1, path.length - 1)),
    root: path.at(-1) ?? certificate,
    distributionBase: text(row.distributionBase),
  };
}

function firstRefused(lineage: readonly Row[]): RefusedAuthority | null {
  for (const row of lineage) {
    const refused = refusedAuthority({ name: text(row.name), state: text(row.state) });
    if (refused !== null) return refused;
  }
  return null;
}

function ancestors(row: Row, rows: ReadonlyMap<string, Row>): Row[] {
  const above: Row[] = [];
  for (let parent = row.parentId; typeof parent === "string"; ) {
    const next = rows.get(parent);
    if (next === undefined) break;
    above.push(next);
    parent = next.parentId ?? null;
  }
  return above;
}

const text = (value: ColumnValue | undefined) => String(value ?? "");
const bytes = (value: ColumnValue | undefined) =>
  value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array();
