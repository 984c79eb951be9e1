import { certificateItemSchema, issueItemSchema } from "#lib/authority/bulk-items.ts";
import { type KeptKeys, keptKeys, keysAgainstRetry } from "#lib/authority/bulk-keys.ts";
import { ITEM_STATUSES, type ItemStatus, type Run, readRun, runOf } from "#lib/authority/bulk-run.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/** A run as its page shows it. */
export interface RunView extends Run {
  counts: Record<ItemStatus, number>;
  keys: KeptKeys;
  /** What failed may be tried again, as far as the keys of the run are concerned. */
  keysAllowRetry: boolean;
  /** Who looks at it is who started it. */
  isOwn: boolean;
}

/** An item as the page shows it. */
export interface ItemView {
  position: number;
  label: string;
  status: ItemStatus;
  /** Why it failed or was passed over. */
  message: string;
  /** The certificate that came of it, or that it changed. */
  certificateId: string | null;
  /** The certificate that was to be renewed. */
  replacesId: string | null;
  /** Line of the file that was read. */
  line: number | null;
}

export interface ItemPage {
  items: ItemView[];
  /** Pass as `after` for what follows; null at the end. */
  next: number | null;
  previous: number | null;
}

/** One run. @throws DomainError `notFound`, `forbidden` */
export async function getRun(installation: Installation, actor: Actor, id: string): Promise<RunView> {
  authorize(actor, "certificate:read");
  const run = await readRun(installation.database.read, id);
  const groups = await installation.database.read.bulkItem.groupBy({
    by: ["status"],
    where: { runId: id },
    _count: { _all: true },
  });
  const counts = Object.fromEntries(ITEM_STATUSES.map((status) => [status, 0])) as Record<ItemStatus, number>;
  for (const { status, _count } of groups) counts[status as ItemStatus] = _count._all;
  return {
    ...run,
    counts,
    keys: await keptKeys(installation, run),
    keysAllowRetry: keysAgainstRetry(run, installation.clock.now()) === null,
    isOwn: run.actorKind === actor.kind && run.actorId === actor.id,
  };
}

/**
 * Runs, the newest first.
 *
 * @param before id of a run: only older ones
 * @param limit at most 100
 */
export async function listRuns(
  { database }: Installation,
  actor: Actor,
  { before, limit = 25 }: { before?: string | undefined; limit?: number } = {},
): Promise<{ runs: Run[]; next: string | null }> {
  authorize(actor, "certificate:read");
  const size = Math.max(1, Math.min(limit, 100));
  // Ids sort by the time of making, and the primary key is their index.
  const rows = await database.read.bulkRun.findMany({
    where: before === undefined ? {} : { id: { lt: before } },
    orderBy: { id: "desc" },
    take: size + 1,
  });
  const runs = rows.slice(0, size).map(runOf);
  return { runs, next: rows.length > size ? (runs.at(-1)?.id ?? null) : null };
}

const PAGE = 100;

/**
 * Items of a run in the order of the file or the list.
 *
 * @param page `after`: position; `status`: only these
 */
export async function listItems(
  installation: Installation,
  actor: Actor,
  runId: string,
  { after, status, limit = PAGE }: { after?: number; status?: ItemStatus | undefined; limit?: number } = {},
): Promise<ItemPage> {
  authorize(actor, "certificate:read");
  const { kind } = await readRun(installation.database.read, runId);
  const size = Math.max(1, Math.min(limit, 1_000));
  const where = { runId, ...(status === undefined ? {} : { status }) };
  const select = {
    position: true,
    label: true,
    input: true,
    status: true,
    message: true,
    certificateId: true,
  };
  const [rows, before] = await Promise.all([
    installation.database.read.bulkItem.findMany({
      where: { ...where, ...(after === undefined ? {} : { position: { gt: after } }) },
      orderBy: { position: "asc" },
      take: size + 1,
      select,
    }),
    after === undefined
      ? []
      : installation.database.read.bulkItem.findMany({
          where: { ...where, position: { lte: after } },
          orderBy: { position: "desc" },
          skip: size,
          take: 1,
          select: { position: true },
        }),
  ]);
  const items = rows.slice(0, size).map((row) => itemView(kind, row));
  return {
    items,
    next: rows.length > size ? (items.at(-1)?.position ?? null) : null,
    previous: after === undefined ? null : (before[0]?.position ?? -1),
  };
}

function itemView(
  kind: Run["kind"],
  row: {
    position: number;
    label: string;
    input: string;
    status: string;
    message: string;
    certificateId: string | null;
  },
): ItemView {
  const status = row.status as ItemStatus; // written by this room only
  const input: unknown = JSON.parse(row.input);
  const isDone = status === "done";
  const named = kind === "issue" ? null : certificateItemSchema.parse(input).certificate;
  return {
    position: row.position,
    label: row.label,
    status,
    // While it is worked on, the lease stands there.
    message: status === "working" ? "" : row.message,
    certificateId: kind === "issue" || kind === "renew" ? (isDone ? row.certificateId : null) : named,
    replacesId: kind === "renew" ? named : null,
    line: kind === "issue" ? issueItemSchema.parse(input).line : null,
  };
}
