import { z } from "zod";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor, UserActor } from "#lib/authorization/actor.ts";
import { authorize, isAllowed } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { filterParameters, parseFilter } from "#lib/inventory/certificate-filter.ts";
import { parseSort, USUAL_SORT } from "#lib/inventory/certificate-order.ts";
import { parsed } from "#lib/parse.ts";
import { isReference } from "#lib/reference.ts";
import { deception, readable } from "#lib/x509/readable-text.ts";

/** A filter of the inventory that somebody gave a name. */
export interface SavedView {
  id: string;
  name: string;
  /** The query string of the list, see certificate-filter.ts; EXPIRES_WITHIN stands for dates that move on. */
  query: string;
  /** Everybody sees it. */
  shared: boolean;
  /** Made by whoever asks. */
  mine: boolean;
  mayChange: boolean;
}

/** In a view's query: expires within so many days from the day on which the view is opened. */
export const EXPIRES_WITHIN = "expires-within";

/** The most views of one person. */
export const VIEWS_MAX = 50;

/** The longest query string: an address of this length still passes every proxy. */
const QUERY_MAX = 4_000;

const DAY_MS = 86_400_000;

const nameSchema = z
  .string()
  .trim()
  .min(1, { error: "needs a name" })
  .max(60, { error: "is longer than 60 characters" })
  .superRefine(readable(deception));

const viewSchema = z.strictObject({
  name: nameSchema,
  query: z.string().max(QUERY_MAX, { error: "is too long to be kept" }),
  shared: z.boolean(),
});

/** One's own views and those that are shared, by name. @throws DomainError `forbidden` */
export async function listSavedViews(installation: Installation, actor: Actor): Promise<SavedView[]> {
  authorize(actor, "certificate:read");
  const rows = await installation.database.read.savedView.findMany({
    where: { OR: [{ userId: actor.id }, { shared: true }] },
    take: 500,
  });
  return rows
    .map(({ id, name, query, shared, userId }) => {
      const mine = userId === actor.id;
      return { id, name, query, shared, mine, mayChange: mine || isAllowed(actor, "user:manage") };
    })
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/**
 * Gives the present filter a name. A range of expiry that begins today moves on with the days.
 *
 * @param view `query` as the list's address has it; cursors and page size are not kept
 * @returns its id
 * @throws DomainError `malformed`, `conflict` for a name of one's own that is taken, `forbidden`
 */
export async function saveView(
  installation: Installation,
  actor: Actor,
  view: { name: string; query: string; shared: boolean },
): Promise<string> {
  const user = viewer(actor);
  const { name, query, shared } = parsed(viewSchema, view);
  if (shared) authorize(actor, "certificate:annotate");
  const now = installation.clock.now();
  const id = newId();
  const kept = keptQuery(query, now);
  await installation.database.write(async (transaction) => {
    const own = await transaction.savedView.findMany({ where: { userId: user.id }, select: { name: true } });
    if (own.length >= VIEWS_MAX) {
      throw new DomainError("conflict", `You have ${VIEWS_MAX} views. Delete one first.`);
    }
    if (own.some((each) => each.name === name)) throw nameTaken(name);
    await transaction.savedView.create({
      data: { id, userId: user.id, name, query: kept, shared, createdAt: now },
    });
    await appendAudit(transaction, actor, now, {
      action: "view.saved",
      object: { kind: "view", id, name },
      details: { after: { name, query: kept, shared } },
    });
  });
  return id;
}

/**
 * Renames a view, or shares it, or keeps it to oneself again.
 *
 * @throws DomainError `notFound`, `malformed`, `conflict`, `forbidden`
 */
export async function changeView(
  installation: Installation,
  actor: Actor,
  id: string,
  change: { name: string; shared: boolean },
): Promise<void> {
  viewer(actor);
  const { name, shared } = parsed(viewSchema.omit({ query: true }), change);
  await installation.database.write(async (transaction) => {
    const view = await changeableView(transaction, actor, id);
    if (shared && !view.shared) authorize(actor, "certificate:annotate");
    if (view.name === name && view.shared === shared) return;
    const twin = await transaction.savedView.count({ where: { userId: view.userId, name, id: { not: id } } });
    if (twin > 0) throw nameTaken(name);
    await transaction.savedView.update({ where: { id }, data: { name, shared } });
    await appendAudit(transaction, actor, installation.clock.now(), {
      action: "view.changed",
      object: { kind: "view", id, name },
      details: { before: { name: view.name, shared: view.shared }, after: { name, shared } },
    });
  });
}

/** Deletes a view. @throws DomainError `notFound`, `forbidden` */
export async function deleteView(installation: Installation, actor: Actor, id: string): Promise<void> {
  viewer(actor);
  await installation.database.write(async (transaction) => {
    const view = await changeableView(transaction, actor, id);
    await transaction.savedView.delete({ where: { id } });
    await appendAudit(transaction, actor, installation.clock.now(), {
      action: "view.deleted",
      object: { kind: "view", id, name: view.name },
      details: { before: { name: view.name, query: view.query, shared: view.shared } },
    });
  });
}

/**
 * The days of a range that moves on, as the list's address has them.
 *
 * @param days of EXPIRES_WITHIN
 * @returns null for what is no number of days
 */
export function daysWithin(days: string, now: Date): { from: string; to: string } | null {
  if (!/^\d{1,4}$/.test(days)) return null;
  return { from: dayOf(now), to: dayOf(new Date(now.getTime() + Number(days) * DAY_MS)) };
}

/** A query string in its one form: what it does not understand is refused, what is usual left out. */
function keptQuery(query: string, now: Date): string {
  const given = new URLSearchParams(query);
  const parameters = Object.fromEntries([...new Set(given.keys())].map((name) => [name, given.getAll(name)]));
  const sort = parseSort(given.get("sort") ?? undefined);
  const kept = filterParameters(parseFilter(parameters));
  if (sort !== USUAL_SORT) kept.set("sort", sort);
  const from = kept.get("expires-from");
  const to = kept.get("expires-to");
  if (from === dayOf(now) && to?.length === from.length) {
    kept.delete("expires-from");
    kept.delete("expires-to");
    kept.set(EXPIRES_WITHIN, String((Date.parse(to) - Date.parse(from)) / DAY_MS));
  }
  if (kept.size === 0) {
    throw malformed(
      "query",
      "view.empty",
      "Narrow or sort the list first: a view keeps what it is narrowed to.",
    );
  }
  return kept.toString();
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** Views belong to people. */
function viewer(actor: Actor): UserActor {
  authorize(actor, "certificate:read");
  if (actor.kind !== "user") throw new DomainError("forbidden", "Only people keep views of the inventory.");
  return actor;
}

async function changeableView(transaction: Transaction, actor: Actor, id: string) {
  const view = isReference(id) ? await transaction.savedView.findUnique({ where: { id } }) : null;
  const isSeen = view !== null && (view.shared || view.userId === actor.id);
  if (!isSeen) throw new DomainError("notFound", "There is no such view any more.");
  if (view.userId !== actor.id) authorize(actor, "user:manage");
  return view;
}

function nameTaken(name: string): DomainError {
  const detail = `You have a view ${name} already.`;
  return new DomainError("conflict", detail, {
    violations: [{ field: "name", rule: "view.name.unique", detail }],
  });
}
