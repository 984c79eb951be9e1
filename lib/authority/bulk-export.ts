import type { StreamedFile } from "#lib/authority/bulk-files.ts";
import { selectedIds } from "#lib/authority/bulk-preview.ts";
import type { Selection } from "#lib/authority/bulk-start.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { csvLine } from "#lib/csv-writer.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { certificateStatus } from "#lib/inventory/certificate-status.ts";
import { tagsOf } from "#lib/inventory/cohort.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { encodePem } from "#lib/x509/pem.ts";

export const EXPORT_FORMS = ["csv", "pem"] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];

/** The most certificates that are picked one by one for an export. */
const PICKED_MAX = 1_000;

const HEADER = [
  "name",
  "status",
  "subject",
  "issuer",
  "serial number",
  "not before",
  "not after",
  "key",
  "owner",
  "tags",
  "source",
  "sha-256",
  "id",
];

/**
 * The selected certificates as a table or as PEM, written as they are read.
 *
 * @throws DomainError `malformed` about the selection, `forbidden`
 */
export async function exportSelected(
  installation: Installation,
  actor: Actor,
  selection: Selection,
  form: ExportForm,
): Promise<StreamedFile> {
  authorize(actor, "certificate:read");
  if ("ids" in selection && selection.ids.length > PICKED_MAX) {
    throw malformed(
      "ids",
      "export.count",
      `Not more than ${PICKED_MAX} certificates can be picked one by one.`,
    );
  }
  const parts = selectedIds(installation, actor, selection);
  // What is wrong with the selection is said before the first byte.
  const first = await parts.next();
  const date = installation.clock.now().toISOString().slice(0, 10);
  return {
    fileName: `certificates-${date}.${form}`,
    type: form === "csv" ? "text/csv; charset=utf-8" : "application/x-pem-file",
    body: written(installation, form, first, parts),
  };
}

async function* written(
  installation: Installation,
  form: ExportForm,
  first: IteratorResult<string[]>,
  parts: AsyncGenerator<string[]>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (form === "csv") yield encoder.encode(csvLine(HEADER));
  for (let part = first; !part.done; part = await parts.next()) {
    const lines = form === "csv" ? tableLines(installation, part.value) : pemBlocks(installation, part.value);
    yield encoder.encode((await lines).join(""));
  }
}

async function tableLines({ database, clock }: Installation, ids: readonly string[]): Promise<string[]> {
  const rows = await database.read.certificate.findMany({
    where: { id: { in: [...ids] }, ...ISSUED },
    select: {
      id: true,
      displayName: true,
      subject: true,
      issuerName: true,
      serial: true,
      notBefore: true,
      notAfter: true,
      keyAlgorithm: true,
      source: true,
      sha256: true,
      cohort: { select: { state: true, owner: true, tags: true } },
    },
  });
  const now = clock.now();
  return inOrder(ids, rows).map(({ cohort, ...row }) =>
    csvLine([
      row.displayName,
      certificateStatus({ ...row, state: cohort?.state ?? "active" }, now),
      row.subject,
      row.issuerName,
      row.serial,
      row.notBefore.toISOString(),
      row.notAfter.toISOString(),
      row.keyAlgorithm,
      cohort?.owner ?? "",
      tagsOf(cohort?.tags ?? "").join(" "),
      row.source,
      row.sha256,
      row.id,
    ]),
  );
}

async function pemBlocks({ database }: Installation, ids: readonly string[]): Promise<string[]> {
  const rows = await database.read.certificate.findMany({
    where: { id: { in: [...ids] }, ...ISSUED },
    select: { id: true, body: true },
  });
  return inOrder(ids, rows).map((row) => encodePem("CERTIFICATE", row.body));
}

function inOrder<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
