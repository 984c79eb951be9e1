import type { Database } from "#lib/database.ts";
import type { ColumnValue } from "#lib/driver.ts";
import { type Risk, risksOf } from "#lib/inventory/certificate-risks.ts";
import { type CertificateStatus, certificateStatus } from "#lib/inventory/certificate-status.ts";
import { tagsOf } from "#lib/inventory/cohort.ts";
import { queryRows, timeOf } from "#lib/sql-steps.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** A certificate as lists show it. */
export interface CertificateSummary {
  id: string;
  serial: string;
  displayName: string;
  subject: string;
  issuerName: string;
  kind: "end-entity" | "authority";
  status: CertificateStatus;
  risks: Risk[];
  notBefore: Date;
  notAfter: Date;
  keyAlgorithm: string;
  sha256: string;
  source: string;
  /** "" is nobody. */
  owner: string;
  /** In alphabetical order. */
  tags: string[];
  requestedBy: string;
  createdAt: Date;
  /** When and where a relying party last met it; null while none has said so. */
  lastSeenAt: Date | null;
  lastSeenWhere: string | null;
  profile: { slug: string; name: string } | null;
  issuer: { id: string; slug: string; name: string } | null;
  /** The certificate that renewed it; null while there is none. */
  replacedById: string | null;
  /** Since when it is revoked or held, and why; null when it is neither. */
  revokedAt: Date | null;
  revocationReason: RevocationReason | null;
}

const COLUMNS = [
  "serial",
  "displayName",
  "subject",
  "issuerName",
  "kind",
  "notBefore",
  "notAfter",
  "keyAlgorithm",
  "sha256",
  "source",
  "requestedBy",
  "createdAt",
  "lastSeenAt",
  "lastSeenWhere",
]
  .map((column) => `c."${column}"`)
  .join(", ");

/**
 * Issued certificates by their ids, in the order of the ids. Those that were not issued are left out.
 *
 * @param ids a page's, some hundred at most
 */
export async function readSummaries(
  database: Database,
  ids: readonly string[],
  now: Date,
): Promise<CertificateSummary[]> {
  if (ids.length === 0) return [];
  const rows = await queryRows(
    database,
    `SELECT c."id", c."issuerId", ${COLUMNS}, h."owner", h."tags", h."risks", h."state",
       p."slug" AS "profileSlug", p."name" AS "profileName", a."slug" AS "issuerSlug", a."name" AS "issuerShown",
       v."revokedAt", v."reason" AS "revocationReason",
       (SELECT r."id" FROM "Certificate" r WHERE r."replacesId" = c."id" AND r."status" = 'issued' LIMIT 1) AS "replacedById"
     FROM "Certificate" c
     LEFT JOIN "CertificateCohort" h ON h."id" = c."cohortId"
     LEFT JOIN "CertificateProfile" p ON p."id" = c."profileId"
     LEFT JOIN "Authority" a ON a."id" = c."issuerId"
     LEFT JOIN "Revocation" v ON v."certificateId" = c."id"
     WHERE c."id" IN (${ids.map(() => "?").join(", ")}) AND c."status" = 'issued'`,
    ids,
  );
  const summaries = new Map(rows.map((row) => [String(row.id), summaryOf(row, now)]));
  return ids.flatMap((id) => summaries.get(id) ?? []);
}

type Row = Record<string, ColumnValue>;

function summaryOf(row: Row, now: Date): CertificateSummary {
  const notBefore = timeOf(row.notBefore);
  const notAfter = timeOf(row.notAfter);
  const text = (column: string) => String(row[column] ?? "");
  return {
    id: text("id"),
    serial: text("serial"),
    displayName: text("displayName"),
    subject: text("subject"),
    issuerName: text("issuerName"),
    kind: row.kind as CertificateSummary["kind"],
    status: certificateStatus({ notBefore, notAfter, state: text("state") }, now),
    risks: risksOf(Number(row.risks ?? 0)),
    notBefore,
    notAfter,
    keyAlgorithm: text("keyAlgorithm"),
    sha256: text("sha256"),
    source: text("source"),
    owner: text("owner"),
    tags: tagsOf(text("tags")),
    requestedBy: text("requestedBy"),
    createdAt: timeOf(row.createdAt),
    lastSeenAt: row.lastSeenAt == null ? null : timeOf(row.lastSeenAt),
    lastSeenWhere: row.lastSeenWhere as string | null,
    profile: row.profileSlug === null ? null : { slug: text("profileSlug"), name: text("profileName") },
    issuer:
      row.issuerSlug === null
        ? null
        : { id: text("issuerId"), slug: text("issuerSlug"), name: text("issuerShown") },
    replacedById: row.replacedById as string | null,
    revokedAt: row.revokedAt == null ? null : timeOf(row.revokedAt),
    revocationReason: row.revocationReason as RevocationReason | null,
  };
}
