import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Prisma } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { isReference } from "#lib/reference.ts";
import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";

/** A certificate as lists show it. */
export interface CertificateSummary {
  id: string;
  serial: string;
  displayName: string;
  subject: string;
  issuerName: string;
  kind: "end-entity" | "authority";
  notBefore: Date;
  notAfter: Date;
  keyAlgorithm: string;
  sha256: string;
  source: string;
  requestedBy: string;
  createdAt: Date;
  profile: { slug: string; name: string } | null;
  issuer: { id: string; slug: string; name: string } | null;
  /** The certificate that renewed it; null while there is none. */
  replacedById: string | null;
}

/** A certificate with everything known of it. */
export interface CertificateDetail extends CertificateSummary {
  parsed: ParsedCertificate;
  names: { type: string; value: string }[];
  /** Old to new; the certificate itself is among them. */
  lineage: {
    id: string;
    serial: string;
    notBefore: Date;
    notAfter: Date;
    createdAt: Date;
    requestedBy: string;
  }[];
  replacesId: string | null;
}

const PROFILES = { select: { id: true, slug: true, name: true } };

const SUMMARY = {
  id: true,
  serial: true,
  displayName: true,
  subject: true,
  issuerName: true,
  kind: true,
  notBefore: true,
  notAfter: true,
  keyAlgorithm: true,
  sha256: true,
  source: true,
  requestedBy: true,
  createdAt: true,
  profileId: true,
  issuer: { select: { id: true, slug: true, name: true } },
  replacedBy: { where: ISSUED, select: { id: true } },
} satisfies Prisma.CertificateSelect;

type SummaryRow = Prisma.CertificateGetPayload<{ select: typeof SUMMARY }>;

export interface CertificatePage {
  certificates: CertificateSummary[];
  /** Pass as `after` for the older ones; null at the end. */
  next: string | null;
  /** Pass as `before` for the newer ones; null at the beginning. */
  previous: string | null;
}

/** The most certificates on one page. */
export const PAGE_MAX = 200;

/**
 * Certificates, the newest first.
 *
 * @param after `next` of the page before
 * @param before `previous` of the page after; only one of the two
 * @param limit at most PAGE_MAX
 * @throws DomainError `malformed` for a cursor that is none
 */
export async function listCertificates(
  installation: Installation,
  actor: Actor,
  {
    after,
    before,
    limit = 50,
    lineageOf,
  }: { after?: string | undefined; before?: string | undefined; limit?: number; lineageOf?: string } = {},
): Promise<CertificatePage> {
  authorize(actor, "certificate:read");
  const size = Math.max(1, Math.min(limit, PAGE_MAX));
  const backwards = before !== undefined;
  const direction = backwards ? "asc" : "desc";
  const rows = await installation.database.read.certificate.findMany({
    where: {
      ...ISSUED,
      ...(lineageOf === undefined ? {} : { lineageId: lineageOf }),
      ...(backwards ? newerThan(before) : after === undefined ? {} : olderThan(after)),
    },
    orderBy: [{ createdAt: direction }, { id: direction }],
    take: size + 1,
    select: SUMMARY,
  });
  const profiles = await profileNames(installation);
  const page = backwards ? rows.slice(0, size).reverse() : rows.slice(0, size);
  const more = rows.length > size;
  const cursorOf = (row: SummaryRow | undefined, there: boolean) =>
    there && row !== undefined ? `${row.createdAt.getTime()}.${row.id}` : null;
  return {
    certificates: page.map((row) => summaryOf(row, profiles)),
    next: cursorOf(page.at(-1), more || backwards),
    previous: cursorOf(page[0], backwards ? more : after !== undefined),
  };
}

/** How many were issued, up to a bound; more than that is shown as "1,000+". */
export async function countCertificates(
  installation: Installation,
  actor: Actor,
  bound = 1_000,
): Promise<number> {
  authorize(actor, "certificate:read");
  const rows = await installation.database.read.certificate.findMany({
    where: ISSUED,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { id: true },
    take: bound + 1,
  });
  return rows.length;
}

/**
 * One certificate by its id, serial number (hex) or SHA-256 fingerprint (hex).
 *
 * @throws DomainError `notFound`
 */
export async function getCertificate(
  installation: Installation,
  actor: Actor,
  reference: string,
): Promise<CertificateDetail> {
  authorize(actor, "certificate:read");
  const row = await installation.database.read.certificate.findFirst({
    where: await isReferredTo(installation, reference),
    select: {
      ...SUMMARY,
      body: true,
      lineageId: true,
      replacesId: true,
      // The common name is there for searching only.
      names: { where: { type: { not: "cn" } }, select: { type: true, value: true, id: true } },
    },
  });
  if (row === null) throw new DomainError("notFound", "There is no such certificate.");
  const lineage = await installation.database.read.certificate.findMany({
    where: { lineageId: row.lineageId, ...ISSUED },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, serial: true, notBefore: true, notAfter: true, createdAt: true, requestedBy: true },
    take: 200,
  });
  return {
    ...summaryOf(row, await profileNames(installation)),
    parsed: readForeignCertificate(row.body),
    names: row.names.sort((a, b) => a.id.localeCompare(b.id)).map(({ type, value }) => ({ type, value })),
    lineage,
    replacesId: row.replacesId,
  };
}

/** Rows behind a cursor in the order (createdAt, id) descending. */
function olderThan(cursor: string): Prisma.CertificateWhereInput {
  const { createdAt, id } = cursorPosition(cursor, "after");
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }],
  };
}

/** Rows in front of it. */
function newerThan(cursor: string): Prisma.CertificateWhereInput {
  const { createdAt, id } = cursorPosition(cursor, "before");
  return {
    createdAt: { gte: createdAt },
    OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gt: id } }],
  };
}

function cursorPosition(cursor: string, field: string): { createdAt: Date; id: string } {
  const [time, id] = cursor.split(".");
  if (id === undefined || !isReference(id) || !/^\d{1,15}$/.test(time ?? "")) {
    throw malformed(field, "cursor", "The cursor is not one that this list gave out.");
  }
  return { createdAt: new Date(Number(time)), id };
}

async function profileNames(
  installation: Installation,
): Promise<Map<string, { slug: string; name: string }>> {
  const rows = await installation.database.read.certificateProfile.findMany(PROFILES);
  return new Map(rows.map(({ id, slug, name }) => [id, { slug, name }]));
}

function summaryOf(
  row: SummaryRow,
  profiles: Map<string, { slug: string; name: string }>,
): CertificateSummary {
  return {
    id: row.id,
    serial: row.serial,
    displayName: row.displayName,
    subject: row.subject,
    issuerName: row.issuerName,
    kind: row.kind as CertificateSummary["kind"],
    notBefore: row.notBefore,
    notAfter: row.notAfter,
    keyAlgorithm: row.keyAlgorithm,
    sha256: row.sha256 ?? "",
    source: row.source,
    requestedBy: row.requestedBy,
    createdAt: row.createdAt,
    issuer: row.issuer,
    replacedById: row.replacedBy[0]?.id ?? null,
    profile: profiles.get(row.profileId ?? "") ?? null,
  };
}
