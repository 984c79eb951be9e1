import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Prisma } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isNote } from "#lib/inventory/import-batch.ts";
import { importedRange } from "#lib/inventory/import-id.ts";
import { isReference } from "#lib/reference.ts";

/** An import as it is shown. */
export interface ImportView {
  id: string;
  fileName: string;
  bytes: number;
  found: number;
  added: number;
  known: number;
  unreadable: number;
  status: "running" | "done" | "broken";
  /** Why it is broken; else empty. */
  reason: string;
  requestedBy: string;
  createdAt: Date;
  finishedAt: Date | null;
}

/** A part of an upload that became no certificate. */
export interface FaultView {
  /** Its number in the import; names it in addresses. */
  position: number;
  place: string;
  reason: string;
  /** Recognised, and simply no certificate. */
  isNote: boolean;
  /** Bytes kept; 0: none. */
  keptBytes: number;
  truncated: boolean;
}

/** A certificate that an import added. */
export interface ImportedCertificate {
  id: string;
  displayName: string;
  issuerName: string;
  kind: "end-entity" | "authority";
  notBefore: Date;
  notAfter: Date;
}

const NOT_FOUND = "There is no such import.";

/**
 * Imports, the newest first.
 *
 * @param before id of the last one seen
 * @throws DomainError `forbidden`
 */
export async function listImports(
  installation: Installation,
  actor: Actor,
  { before, limit = 20 }: { before?: string | undefined; limit?: number } = {},
): Promise<{ imports: ImportView[]; next: string | null }> {
  authorize(actor, "certificate:read");
  const rows = await installation.database.read.certificateImport.findMany({
    // Ids are in the order of time.
    where: before === undefined || !isReference(before) ? {} : { id: { lt: before } },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const imports = rows.slice(0, limit).map(viewOf);
  return { imports, next: rows.length > limit ? (imports.at(-1)?.id ?? null) : null };
}

/** One import. @throws DomainError `notFound` */
export async function getImport(installation: Installation, actor: Actor, id: string): Promise<ImportView> {
  authorize(actor, "certificate:read");
  const row = isReference(id)
    ? await installation.database.read.certificateImport.findUnique({ where: { id } })
    : null;
  if (row === null) throw new DomainError("notFound", NOT_FOUND);
  return viewOf(row);
}

type ImportRow = Prisma.CertificateImportGetPayload<object>;

function viewOf({ bytes, ...row }: ImportRow): ImportView {
  return { ...row, bytes: Number(bytes), status: row.status as ImportView["status"] };
}

/**
 * What an import could not read, and what it recognised as no certificate, in the order of the upload.
 *
 * @param after position of the last one seen
 */
export async function listFaults(
  installation: Installation,
  actor: Actor,
  importId: string,
  { after = 0, limit = 100 }: { after?: number; limit?: number } = {},
): Promise<{ faults: FaultView[]; next: number | null }> {
  authorize(actor, "certificate:read");
  const rows = await installation.database.read.importFault.findMany({
    where: { importId, position: { gt: after } },
    orderBy: { position: "asc" },
    take: limit + 1,
  });
  const faults = rows.slice(0, limit).map(({ position, place, reason, body, truncated }) => ({
    position,
    place,
    reason,
    isNote: isNote(reason),
    keptBytes: body.length,
    truncated,
  }));
  return { faults, next: rows.length > limit ? (faults.at(-1)?.position ?? null) : null };
}

/** The certificates that an import added, in the order of the upload. @param after id of the last one seen */
export async function listImported(
  installation: Installation,
  actor: Actor,
  importId: string,
  { after, limit = 50 }: { after?: string | undefined; limit?: number } = {},
): Promise<{ certificates: ImportedCertificate[]; next: string | null }> {
  authorize(actor, "certificate:read");
  const { gte, lte } = importedRange(importId);
  const isCursor = after !== undefined && isReference(after) && after > gte;
  const rows = await installation.database.read.certificate.findMany({
    where: { id: isCursor ? { gt: after, lte } : { gte, lte } },
    orderBy: { id: "asc" },
    take: limit + 1,
    select: {
      id: true,
      displayName: true,
      issuerName: true,
      kind: true,
      notBefore: true,
      notAfter: true,
    },
  });
  const certificates = rows
    .slice(0, limit)
    .map((row) => ({ ...row, kind: row.kind as ImportedCertificate["kind"] }));
  return { certificates, next: rows.length > limit ? (certificates.at(-1)?.id ?? null) : null };
}

/** The bytes that were kept of an unreadable part. @throws DomainError `notFound` when none were */
export async function faultBody(
  installation: Installation,
  actor: Actor,
  importId: string,
  position: number,
): Promise<Uint8Array<ArrayBuffer>> {
  authorize(actor, "certificate:read");
  const isPosition = Number.isSafeInteger(position) && position > 0 && position < 2 ** 31;
  const row =
    isPosition && isReference(importId)
      ? await installation.database.read.importFault.findUnique({
          where: { importId_position: { importId, position } },
          select: { body: true },
        })
      : null;
  if (row === null || row.body.length === 0) {
    throw new DomainError("notFound", "Nothing was kept of this part.");
  }
  return row.body;
}
