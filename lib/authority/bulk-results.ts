import type { StreamedFile } from "#lib/authority/bulk-files.ts";
import { listItems } from "#lib/authority/bulk-read.ts";
import { readRun } from "#lib/authority/bulk-run.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { csvLine } from "#lib/csv-writer.ts";
import type { Installation } from "#lib/installation.ts";

const AT_ONCE = 500;

/** What came of every item of a run, as CSV. @throws DomainError `notFound`, `forbidden` */
export async function runResults(
  installation: Installation,
  actor: Actor,
  runId: string,
): Promise<StreamedFile> {
  authorize(actor, "certificate:read");
  const run = await readRun(installation.database.read, runId);
  return {
    fileName: `results-${run.createdAt.toISOString().slice(0, 10)}-${runId.slice(-6)}.csv`,
    type: "text/csv; charset=utf-8",
    body: lines(installation, actor, runId),
  };
}

async function* lines(installation: Installation, actor: Actor, runId: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(csvLine(["position", "line", "name", "status", "reason", "certificate", "renews"]));
  let after: number | undefined;
  do {
    const page = await listItems(installation, actor, runId, {
      limit: AT_ONCE,
      ...(after === undefined ? {} : { after }),
    });
    const text = page.items.map(({ position, line, label, status, message, certificateId, replacesId }) =>
      csvLine([position + 1, line, label, status, message, certificateId, replacesId]),
    );
    yield encoder.encode(text.join(""));
    after = page.next ?? undefined;
  } while (after !== undefined);
}
