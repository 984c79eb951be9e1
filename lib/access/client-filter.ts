import { inClientState, type ListedState } from "#lib/access/client-state.ts";
import { endingClients } from "#lib/access/ending-clients.ts";
import { servicesWithUntoldUse } from "#lib/access/untold-use.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Reader } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { comparableText } from "#lib/x509/name-preparation.ts";

/** Which clients are meant. */
export interface ClientFilter {
  /** Part of the name. */
  search?: string | undefined;
  state?: ListedState | undefined;
  /** Whether those that are retired are left out, when no state is asked for. */
  withoutRetired?: boolean | undefined;
  /** Short name of a service that it may call. */
  service?: string | undefined;
  /** As they were written, each. */
  owner?: string | undefined;
  environment?: string | undefined;
  tag?: string | undefined;
}

/** So many are listed of those that stop working, the ones that end first. */
export const ENDING_LISTED_MAX = 500;

/** Clients are counted up to here. */
export const COUNTED_CLIENTS_MAX = 10_000;

/** The filter as a condition of a query. */
export async function clientsThat(
  read: Reader,
  { search = "", state, withoutRetired = false, service, owner, environment, tag }: ClientFilter,
  now: Date,
) {
  const key = comparableText(search);
  return {
    ...(state === undefined && withoutRetired ? { status: { not: "retired" } } : {}),
    ...(owner === undefined ? {} : { owner }),
    ...(environment === undefined ? {} : { environment }),
    ...(service === undefined ? {} : { grants: { some: { service: { slug: service }, ...liveAt(now) } } }),
    AND: [
      ...(key === "" ? [] : [{ nameKey: { contains: key } }]),
      ...(state === undefined ? [] : [await inState(read, state, now)]),
      ...(tag === undefined ? [] : [await tagged(read, tag)]),
    ],
  };
}

/**
 * How many clients a filter finds.
 *
 * @returns COUNTED_CLIENTS_MAX at most; `more` when there are more
 * @throws DomainError `forbidden`
 */
export async function countClients(
  { database: { read }, clock }: Installation,
  actor: Actor,
  filter: ClientFilter,
): Promise<{ count: number; more: boolean }> {
  authorize(actor, "client:read");
  const where = await clientsThat(read, filter, clock.now());
  const count = await read.client.count({ where, take: COUNTED_CLIENTS_MAX + 1 });
  return { count: Math.min(count, COUNTED_CLIENTS_MAX), more: count > COUNTED_CLIENTS_MAX };
}

/** What counts at a time: grants. */
export const liveAt = (now: Date) => ({
  startsAt: { lte: now },
  OR: [{ endsAt: null }, { endsAt: { gt: now } }],
});

async function inState(read: Reader, state: ListedState, now: Date) {
  if (state !== "ending") return inClientState(state, now, await servicesWithUntoldUse(read, now));
  const { things } = await endingClients(read, now);
  return { id: { in: things.slice(0, ENDING_LISTED_MAX).map(({ id }) => id) } };
}

/** Lists of tags that are looked at for one whose sign _ means any sign to a database. */
const TAG_LISTS_MAX = 1_000;

/** Tags are written in lower case, and stand in a list in JSON. */
async function tagged(read: Reader, tag: string) {
  const written = JSON.stringify(tag.trim().toLowerCase());
  const where = { tags: { contains: written } };
  if (!/[_%\\]/.test(written)) return where;
  const lists = await read.client.groupBy({
    by: ["tags"],
    where,
    orderBy: { tags: "asc" },
    take: TAG_LISTS_MAX,
  });
  return { tags: { in: lists.map(({ tags }) => tags).filter((tags) => tags.includes(written)) } };
}
