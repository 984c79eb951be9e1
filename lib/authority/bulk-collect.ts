import { annotationsBy } from "#lib/authority/bulk-annotate-work.ts";
import { addItems, certificateItemSchema, ITEMS_PER_WRITE, type NewItem } from "#lib/authority/bulk-items.ts";
import { BULK_MAX, type Run, readRun, storedParameters } from "#lib/authority/bulk-run.ts";
import type { BulkContext } from "#lib/authority/bulk-work.ts";
import type { Installation } from "#lib/installation.ts";
import { parseFilter } from "#lib/inventory/certificate-filter.ts";
import { matchingCertificateIds } from "#lib/inventory/certificate-list.ts";
import { ISSUED } from "#lib/inventory/issued.ts";

/**
 * Collecting the items of a run before it begins. What a filter matches may change by the very work of the run
 * (renewing all that are due), so everything is collected first.
 */

/** Items as they are found, with the place to go on from. */
interface Found {
  items: NewItem[];
  /** Null when there are no more. */
  next: string | null;
}

/**
 * Collects the next items of a run; the last ones set it running.
 *
 * @returns the run as it is now, or null when nothing can be collected
 */
export async function collectItems(context: BulkContext, run: Run): Promise<Run | null> {
  const { installation } = context;
  const { parameters } = run;
  if (parameters.kind === "issue" || parameters.collect === undefined) return null;
  const { collect } = parameters;
  const found =
    parameters.kind === "annotate" && parameters.undoes !== undefined
      ? await changedBy(installation, parameters.undoes, collect.after)
      : await matching(context, collect);
  const room = BULK_MAX - run.total;
  const items = found.items.slice(0, room);
  const truncated = found.items.length > room || (items.length === room && found.next !== null);
  const next = truncated ? null : found.next;
  const { collect: _, ...whole } = parameters;
  const changed: Run["parameters"] =
    next === null
      ? { ...whole, ...(truncated ? { truncated } : {}) }
      : { ...parameters, collect: { ...collect, after: next } };
  return installation.database.write(async (transaction) => {
    const present = await readRun(transaction, run.id);
    // Another window collected the same: its rows stand.
    if (storedParameters(present.parameters) !== storedParameters(parameters)) return present;
    if (present.status !== "preparing") return present;
    await addItems(installation, transaction, run.id, run.total, items);
    const total = run.total + items.length;
    const status = next !== null ? "preparing" : total === 0 ? "finished" : "running";
    const finishedAt = status === "finished" ? installation.clock.now() : null;
    await transaction.bulkRun.update({
      where: { id: run.id },
      data: { total, status, finishedAt, parameters: storedParameters(changed) },
    });
    return { ...run, total, status, finishedAt, parameters: changed };
  });
}

async function matching(
  { installation, actor }: BulkContext,
  { query, after }: { query: string; after: string | null },
): Promise<Found> {
  const { ids, next } = await matchingCertificateIds(
    installation,
    actor,
    filterOf(query),
    after ?? undefined,
    ITEMS_PER_WRITE,
  );
  return { items: await certificateItems(installation, ids), next };
}

/** The filter in a query string of the list. @throws DomainError `malformed` */
export function filterOf(query: string) {
  const parameters = new URLSearchParams(query);
  return parseFilter(
    Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)])),
  );
}

/** Items for certificates, in the order given; those that are not in the inventory are left out. */
export async function certificateItems(
  { database }: Installation,
  ids: readonly string[],
): Promise<NewItem[]> {
  const rows = await database.read.certificate.findMany({
    where: { id: { in: [...ids] }, ...ISSUED },
    select: { id: true, displayName: true },
  });
  const names = new Map(rows.map(({ id, displayName }) => [id, displayName]));
  return ids.flatMap((certificate) => {
    const label = names.get(certificate);
    return label === undefined ? [] : [{ label, input: { certificate } }];
  });
}

/** What a run changed, to be put back. @param after position of the last item that was looked at */
async function changedBy(installation: Installation, runId: string, after: string | null): Promise<Found> {
  const rows = await installation.database.read.bulkItem.findMany({
    where: { runId, status: "done", ...(after === null ? {} : { position: { gt: Number(after) } }) },
    orderBy: { position: "asc" },
    take: ITEMS_PER_WRITE,
    select: { position: true, label: true, input: true },
  });
  const certificates = rows.map((row) => certificateItemSchema.parse(JSON.parse(row.input)).certificate);
  const changes = await annotationsBy(installation, runId, certificates);
  const items = rows.flatMap(({ label }, place) => {
    const certificate = certificates[place] ?? "";
    const undo = changes.get(certificate);
    return undo === undefined ? [] : [{ label, input: { certificate, undo } }];
  });
  const last = rows.length < ITEMS_PER_WRITE ? undefined : rows.at(-1);
  return { items, next: last === undefined ? null : String(last.position) };
}
