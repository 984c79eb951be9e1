import { z } from "zod";
import { appendAudit } from "#lib/audit/append.ts";
import { certificateItems, filterOf } from "#lib/authority/bulk-collect.ts";
import { addItems, ITEMS_PER_WRITE, type NewItem } from "#lib/authority/bulk-items.ts";
import {
  BULK_MAX,
  BULK_PERMISSIONS,
  type RunParameters,
  readRun,
  runObject,
  storedParameters,
} from "#lib/authority/bulk-run.ts";
import { settleCancelled } from "#lib/authority/bulk-settle.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { type Annotation, ownerSchema, TAGS_MAX, tagSchema } from "#lib/inventory/annotate.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { parsed } from "#lib/parse.ts";

/** What a run is to work on: certificates picked one by one, or all that a filter of the list matches. */
export type Selection = { ids: readonly string[] } | { query: string };

/** The most certificates that can be picked one by one. */
export const PICKED_MAX = ITEMS_PER_WRITE;

const changeSchema = z.strictObject({
  owner: ownerSchema.optional(),
  addTags: z.array(tagSchema).max(TAGS_MAX).optional(),
  removeTags: z.array(tagSchema).max(TAGS_MAX).optional(),
});

/**
 * Starts renewing certificates for the keys that they have. Nothing is renewed before `advanceRun`.
 *
 * @returns the id of the run
 * @throws DomainError `malformed` about the selection, `tooLarge`, `forbidden`
 */
export function startRenewal(
  installation: Installation,
  actor: Actor,
  selection: Selection,
): Promise<string> {
  authorize(actor, BULK_PERMISSIONS.renew);
  return startOn(installation, actor, selection, { kind: "renew" });
}

/**
 * Starts changing owner and tags of certificates.
 *
 * @param change `owner` "" for nobody; what is absent stays
 * @returns the id of the run
 * @throws DomainError as `startRenewal`, and `malformed` about the change
 */
export function startAnnotation(
  installation: Installation,
  actor: Actor,
  selection: Selection,
  change: Annotation,
): Promise<string> {
  authorize(actor, BULK_PERMISSIONS.annotate);
  const wanted = parsed(changeSchema, change);
  const { owner, addTags = [], removeTags = [] } = wanted;
  if (owner === undefined && addTags.length + removeTags.length === 0) {
    throw malformed("change", "bulk.change", "Say which owner to set, or which tags to add or remove.");
  }
  const contrary = addTags.find((tag) => removeTags.includes(tag));
  if (contrary !== undefined) {
    throw malformed("removeTags", "bulk.change", `The tag ${contrary} is to be added and removed at once.`);
  }
  return startOn(installation, actor, selection, { kind: "annotate", change: wanted });
}

/**
 * Starts putting back what a run changed of owners and tags; what others changed since stays theirs.
 *
 * @returns the id of the new run
 * @throws DomainError `conflict` when it is under way, or undone already; `notFound`, `forbidden`
 */
export async function startUndo(installation: Installation, actor: Actor, runId: string): Promise<string> {
  authorize(actor, BULK_PERMISSIONS.annotate);
  const { database, clock } = installation;
  await settleCancelled(installation, runId);
  return database.write(async (transaction) => {
    const run = await readRun(transaction, runId);
    const { parameters } = run;
    if (parameters.kind !== "annotate")
      throw new DomainError("conflict", "Only changes of owner and tags can be undone.");
    if (run.status === "running" || run.status === "preparing") {
      throw new DomainError("conflict", "The run is under way; cancel it first.");
    }
    if ((await transaction.bulkItem.findFirst({ where: { runId, status: "working" } })) !== null) {
      throw new DomainError(
        "conflict",
        "Some certificates were being changed when it was cancelled. Try again in a minute.",
      );
    }
    if (parameters.undoneBy !== undefined)
      throw new DomainError("conflict", "The run has been undone already.");
    const id = newId();
    await transaction.bulkRun.update({
      where: { id: runId },
      data: { parameters: storedParameters({ ...parameters, undoneBy: id }) },
    });
    await transaction.bulkRun.create({
      data: runRow(id, actor, clock.now(), {
        kind: "annotate",
        change: {},
        undoes: runId,
        collect: { query: "", after: null },
      }),
    });
    await appendAudit(transaction, actor, clock.now(), {
      action: "bulk.started",
      object: runObject({ id, kind: "annotate" }),
      details: { kind: "annotate", undoes: runId },
    });
    return id;
  });
}

/** What a run on certificates that are there already does. */
type SelectedParameters = Exclude<RunParameters, { kind: "issue" }>;

/**
 * Starts a run on certificates of the inventory.
 *
 * @returns the id of the run
 * @throws DomainError `malformed` about the selection, `tooLarge`
 */
export async function startOn(
  installation: Installation,
  actor: Actor,
  selection: Selection,
  parameters: SelectedParameters,
): Promise<string> {
  if ("ids" in selection) {
    const items = await pickedItems(installation, selection.ids);
    return startWith(installation, actor, parameters, items, { certificates: items.length });
  }
  const { count } = await countCertificates(installation, actor, filterOf(selection.query));
  if (count > BULK_MAX) {
    throw new DomainError(
      "tooLarge",
      `${count.toLocaleString("en")} certificates match; a run takes ${BULK_MAX.toLocaleString("en")} at most. Narrow the filter.`,
    );
  }
  const collecting = { ...parameters, collect: { query: selection.query, after: null } };
  return startWith(installation, actor, collecting, [], { query: selection.query });
}

async function pickedItems(installation: Installation, ids: readonly string[]): Promise<NewItem[]> {
  const distinct = [...new Set(ids)];
  if (distinct.length > PICKED_MAX) {
    throw malformed(
      "ids",
      "bulk.selection",
      `Not more than ${PICKED_MAX} certificates can be picked one by one.`,
    );
  }
  const items = await certificateItems(installation, distinct);
  if (items.length === 0)
    throw malformed("ids", "bulk.selection", "None of these certificates is in the inventory.");
  return items;
}

/**
 * Writes a run with its first items.
 *
 * @param items at most ITEMS_PER_WRITE
 * @param details of the audit event
 */
async function startWith(
  installation: Installation,
  actor: Actor,
  parameters: SelectedParameters,
  items: readonly NewItem[],
  details: Record<string, unknown>,
): Promise<string> {
  const id = newId();
  const { database, clock } = installation;
  await database.write(async (transaction) => {
    await transaction.bulkRun.create({
      data: {
        ...runRow(id, actor, clock.now(), parameters),
        total: items.length,
        status: parameters.collect === undefined ? "running" : "preparing",
      },
    });
    await addItems(installation, transaction, id, 0, items);
    await appendAudit(transaction, actor, clock.now(), {
      action: "bulk.started",
      object: runObject({ id, kind: parameters.kind }),
      details: {
        kind: parameters.kind,
        ...details,
        ...detailsOf(parameters),
      },
    });
  });
  return id;
}

/** What the audit trail says of a run besides its selection. */
function detailsOf(parameters: SelectedParameters): Record<string, unknown> {
  const { kind, collect: _, truncated: __, ...details } = parameters;
  if (parameters.kind === "annotate") return { change: parameters.change };
  return details;
}

/** The row of a run that has no items yet. */
export function runRow(id: string, actor: Actor, now: Date, parameters: RunParameters) {
  return {
    id,
    kind: parameters.kind,
    parameters: storedParameters(parameters),
    total: 0,
    done: 0,
    failed: 0,
    status: "preparing",
    actorKind: actor.kind,
    actorId: actor.id,
    requestedBy: actor.name,
    createdAt: now,
    finishedAt: null,
  };
}
