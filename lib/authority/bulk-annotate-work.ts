import type { ClaimedItem, ItemResult } from "#lib/authority/bulk-claim.ts";
import { type CertificateItem, certificateItemSchema, type Ownership } from "#lib/authority/bulk-items.ts";
import type { BulkContext, Piece } from "#lib/authority/bulk-work.ts";
import type { Installation } from "#lib/installation.ts";
import { type Annotation, annotateCertificates } from "#lib/inventory/annotate.ts";
import { tagsOf } from "#lib/inventory/cohort.ts";

/** How many are annotated at once. */
export const ANNOTATE_PIECE = 200;

const NOT_THERE = "It is not in the inventory any more.";
const WAS_SO = "It was so already.";

/** An item with its input read. */
type Wish = { item: ClaimedItem } & CertificateItem;

/** Sets owner and tags as the run says, or puts back what an earlier run changed. */
export async function annotatePiece(context: BulkContext, { run, items }: Piece): Promise<ItemResult[]> {
  const wishes = items.map(
    (item): Wish => ({ item, ...certificateItemSchema.parse(JSON.parse(item.input)) }),
  );
  if (run.parameters.kind !== "annotate") return [];
  if (run.parameters.undoes === undefined)
    return annotateAlike(context, run.id, wishes, run.parameters.change);
  const present = await ownershipOf(
    context.installation,
    wishes.map((wish) => wish.certificate),
  );
  const groups = new Map<string, { change: Annotation; wishes: Wish[] }>();
  for (const wish of wishes) {
    const change = reversal(wish.undo, present.get(wish.certificate));
    const group = groups.get(JSON.stringify(change)) ?? { change, wishes: [] };
    group.wishes.push(wish);
    groups.set(JSON.stringify(change), group);
  }
  const results: ItemResult[] = [];
  for (const group of groups.values()) {
    results.push(...(await annotateAlike(context, run.id, group.wishes, group.change)));
  }
  return results;
}

async function annotateAlike(
  { installation, actor }: BulkContext,
  runId: string,
  wishes: readonly Wish[],
  change: Annotation,
): Promise<ItemResult[]> {
  const ids = wishes.map((wish) => wish.certificate);
  const answers = await annotateCertificates(installation, actor, ids, change);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const unchanged = answers.filter((answer) => !answer.changed).map((answer) => answer.id);
  // A process that died may have changed them without recording it.
  const earlier = await annotationsBy(installation, runId, unchanged);
  return wishes.map(({ item: { id }, certificate }): ItemResult => {
    const answer = byId.get(certificate);
    if (answer === undefined) return { id, status: "failed", message: NOT_THERE };
    if (answer.refusal !== undefined) return { id, status: "failed", message: answer.refusal };
    return answer.changed || earlier.has(certificate)
      ? { id, status: "done", message: "" }
      : { id, status: "skipped", message: WAS_SO };
  });
}

/**
 * What a run changed of certificates, as the audit trail has it: the event is written with the change itself,
 * so that this is whole even after a crash.
 */
export async function annotationsBy(
  { database }: Installation,
  runId: string,
  certificates: readonly string[],
): Promise<ReadonlyMap<string, { before: Ownership; after: Ownership }>> {
  if (certificates.length === 0) return new Map();
  const events = await database.read.auditEvent.findMany({
    where: {
      objectKind: "certificate",
      objectId: { in: [...certificates] },
      action: "certificate.annotated",
      requestId: runId,
    },
    select: { objectId: true, details: true },
  });
  return new Map(
    events.map(({ objectId, details }) => [
      objectId,
      JSON.parse(details) as { before: Ownership; after: Ownership }, // written by annotateCertificates
    ]),
  );
}

async function ownershipOf(
  { database }: Installation,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Ownership>> {
  const rows = await database.read.certificate.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, cohort: { select: { owner: true, tags: true } } },
  });
  return new Map(
    rows.map(({ id, cohort }) => [id, { owner: cohort?.owner ?? "", tags: tagsOf(cohort?.tags ?? "") }]),
  );
}

/** The change that takes one change back, and leaves alone what others have changed since. */
export function reversal(
  undo: CertificateItem["undo"],
  present: Ownership | undefined,
): { owner?: string; addTags: string[]; removeTags: string[] } {
  if (undo === undefined || present === undefined) return { addTags: [], removeTags: [] };
  const { before, after } = undo;
  const ownerIsOurs = before.owner !== after.owner && present.owner === after.owner;
  return {
    ...(ownerIsOurs ? { owner: before.owner } : {}),
    addTags: before.tags.filter((tag) => !after.tags.includes(tag)),
    removeTags: after.tags.filter((tag) => !before.tags.includes(tag)),
  };
}
