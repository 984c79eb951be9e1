import { annotateIssued } from "#lib/authority/bulk-annotate-issued.ts";
import { annotationsBy } from "#lib/authority/bulk-annotate-work.ts";
import { type ItemResult, recordResults } from "#lib/authority/bulk-claim.ts";
import { certificateItemSchema, issueItemSchema } from "#lib/authority/bulk-items.ts";
import { changedInRun, changeOf, isRevocationRun } from "#lib/authority/bulk-revoke-work.ts";
import { type Run, readRun } from "#lib/authority/bulk-run.ts";
import { actorOfRun, CANCELLED } from "#lib/authority/bulk-work.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";

/** Items settled at once; as many as are annotated at once. */
const AT_ONCE = 200;

interface WorkingItem {
  id: string;
  position: number;
  input: string;
  certificateId: string | null;
  /** The lease. */
  message: string;
}

/**
 * Settles what was being worked on when a run was cancelled, since nobody takes it up again: what took place
 * is done, also when whoever did it died before saying so; what did not is passed over once its lease is over,
 * and left alone before.
 *
 * @throws DomainError `notFound`
 */
export async function settleCancelled(installation: Installation, runId: string): Promise<void> {
  const run = await readRun(installation.database.read, runId);
  if (run.status !== "cancelled") return;
  for (let after = -1; ; ) {
    const items: WorkingItem[] = await installation.database.read.bulkItem.findMany({
      where: { runId, status: "working", position: { gt: after } },
      orderBy: { position: "asc" },
      take: AT_ONCE,
      select: { id: true, position: true, input: true, certificateId: true, message: true },
    });
    const last = items.at(-1);
    if (last === undefined) return;
    await settle(installation, run, items);
    after = last.position;
  }
}

/** Settles what cancelled runs left that nobody came back to. */
export async function settleCancelledRuns(installation: Installation): Promise<void> {
  const runs = await installation.database.read.bulkRun.findMany({
    where: { status: "cancelled", items: { some: { status: "working" } } },
    select: { id: true },
  });
  for (const { id } of runs) await settleCancelled(installation, id);
}

async function settle(installation: Installation, run: Run, items: readonly WorkingItem[]): Promise<void> {
  const now = installation.clock.now().toISOString();
  const { done, open } = await whatTookPlace(installation, run, items);
  const byLease = new Map<string, ItemResult[]>();
  for (const { id, message: lease } of items) {
    const result: ItemResult | null = done.has(id)
      ? { id, status: "done", message: "" }
      : lease < now && !open.has(id)
        ? { id, status: "skipped", message: CANCELLED }
        : null;
    if (result !== null) byLease.set(lease, [...(byLease.get(lease) ?? []), result]);
  }
  for (const [lease, results] of byLease) await recordResults(installation, run.id, lease, results);
}

/** The ids of the items that took place, and of those whose certificate is being issued at this moment. */
async function whatTookPlace(
  installation: Installation,
  run: Run,
  items: readonly WorkingItem[],
): Promise<{ done: Set<string>; open: Set<string> }> {
  if (run.kind !== "issue" && run.kind !== "renew") {
    const wanted = items.map(({ id, input }) => ({ id, ...certificateItemSchema.parse(JSON.parse(input)) }));
    const certificates = wanted.map((item) => item.certificate);
    const changes = isRevocationRun(run.parameters)
      ? await changedInRun(installation.database.read, run.id, changeOf(run.parameters), certificates)
      : await annotationsBy(installation, run.id, certificates);
    const changed = wanted.filter((item) => changes.has(item.certificate));
    return { done: new Set(changed.map(({ id }) => id)), open: new Set() };
  }
  const rows = await installation.database.read.certificate.findMany({
    where: { id: { in: items.flatMap((item) => item.certificateId ?? []) } },
    select: { id: true, status: true },
  });
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  const having = (status: string) =>
    items.filter((item) => statuses.get(item.certificateId ?? "") === status);
  const issued = having("issued");
  if (run.kind === "issue") {
    // Whoever issued them may have died before they had their owner and tags.
    await annotateIssued(
      { installation, actor: actorOfRun(systemActor("upkeep"), run.id) },
      issued.map(({ input, certificateId }) => ({
        input: issueItemSchema.parse(JSON.parse(input)),
        certificateId: certificateId ?? "",
      })),
    );
  }
  return {
    done: new Set(issued.map(({ id }) => id)),
    open: new Set(having("reserved").map(({ id }) => id)),
  };
}
