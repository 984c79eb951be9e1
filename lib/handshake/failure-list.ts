import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Prisma, Reader } from "#lib/database.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import type { Cause } from "./causes.ts";
import type { Certainty } from "./diagnosis.ts";
import { FAILURE_STATES, type FailureStateName } from "./failure-state.ts";
import { LOOKED_AT_MAX, SOUGHT, searchWords, withWords } from "./failure-text.ts";
import { type FailureFacts, type ListedFailure, shownFailures } from "./failure-view.ts";

export interface FailureFilter {
  /** Open ones when absent. */
  state?: FailureStateName | "all" | undefined;
  /** Id of a client. */
  client?: string | undefined;
  /** Short name of a service or a proxy. */
  service?: string | undefined;
  proxy?: string | undefined;
  cause?: Cause | undefined;
  certainty?: Certainty | undefined;
  /** Id of a certificate by which it was seen. */
  certificate?: string | undefined;
  /** Id of a person. */
  assignee?: string | undefined;
  /** Words in names: of who failed, of the cause, the service or the proxy. Of each state the worst LOOKED_AT_MAX. */
  text?: string | undefined;
}

export interface FailureListing extends FailureFilter {
  after?: string | undefined;
  /** 50 when absent, 100 at most. */
  limit?: number | undefined;
}

const LIMIT_MAX = 100;

/**
 * Failures, what fails worst now first.
 *
 * @returns a page, and the cursor of the next; null when there is none
 * @throws DomainError `forbidden`, `malformed` for a cursor that is none
 */
export async function listFailures(
  { database: { read }, clock }: Installation,
  actor: Actor,
  { after, limit = 50, ...filter }: FailureListing = {},
): Promise<{ failures: ListedFailure[]; next: string | null }> {
  authorize(actor, "failure:read");
  const size = Math.max(1, Math.min(limit, LIMIT_MAX));
  const place = after === undefined ? null : placeOf(after);
  const words = searchWords(filter.text ?? "");
  const rows =
    words.length === 0
      ? await inOrder(read, filter, { beyond: place === null ? {} : beyondPlace(place), take: size + 1 })
      : await wholeRows(read, (await sought(read, filter, words)).filter(isBeyond(place)).slice(0, size + 1));
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    failures: await shownFailures(read, page, clock.now()),
    next: rows.length > size && last !== undefined ? cursorOf(last) : null,
  };
}

/** More than that are not counted, but said to be more. */
export const COUNTED_MAX = 1_000;

/** How many open failures there are, up to COUNTED_MAX + 1. @throws DomainError `forbidden` */
export async function countFailures(
  { database: { read } }: Installation,
  actor: Actor,
  filter: FailureFilter = {},
): Promise<number> {
  authorize(actor, "failure:read");
  const words = searchWords(filter.text ?? "");
  if (words.length > 0) return Math.min((await sought(read, filter, words)).length, COUNTED_MAX + 1);
  const where = await failuresThat(read, filter);
  const wanted = filter.state ?? "open";
  const state = wanted === "all" ? {} : { state: wanted };
  const rows = await read.failure.findMany({
    where: { AND: [state, where] },
    select: { id: true },
    take: COUNTED_MAX + 1,
  });
  return rows.length;
}

/** Those of a filter, without its text, in the order of the list. */
async function inOrder(
  read: Reader,
  filter: FailureFilter,
  { beyond, take }: { beyond: Prisma.FailureWhereInput; take: number },
): Promise<FailureFacts[]> {
  const ranges = await Promise.all(
    (await rangesOf(read, filter)).map((range) =>
      read.failure.findMany({ where: { AND: [...range, beyond] }, orderBy: WORST_FIRST, take }),
    ),
  );
  return ranges.flat().sort(byRank);
}

/** Those of a filter with words in their names, in the order of the list. */
async function sought(read: Reader, filter: FailureFilter, words: readonly string[]): Promise<Place[]> {
  const ranges = await Promise.all(
    (await rangesOf(read, filter)).map((range) =>
      read.failure.findMany({
        ...{ where: { AND: range }, orderBy: WORST_FIRST, take: LOOKED_AT_MAX, select: SOUGHT },
      }),
    ),
  );
  return (await withWords(read, ranges.flat(), words)).sort(byRank);
}

async function wholeRows(read: Reader, places: readonly Place[]): Promise<FailureFacts[]> {
  const rows = await read.failure.findMany({ where: { id: { in: places.map(({ id }) => id) } } });
  return rows.sort(byRank);
}

/** Each state is one range of an index; all of them at once would be sorted. */
async function rangesOf(read: Reader, filter: FailureFilter): Promise<Prisma.FailureWhereInput[][]> {
  const where = await failuresThat(read, filter);
  const wanted = filter.state ?? "open";
  return (wanted === "all" ? FAILURE_STATES : [wanted]).map((state) => [{ state }, where]);
}

type Place = Pick<FailureFacts, "rank" | "id">;

const WORST_FIRST: Prisma.FailureOrderByWithRelationInput[] = [{ rank: "desc" }, { id: "desc" }];

const byRank = (a: Place, b: Place) => b.rank - a.rank || (a.id < b.id ? 1 : -1);

async function failuresThat(
  read: Reader,
  { client, service, proxy, cause, certainty, certificate, assignee }: FailureFilter,
): Promise<Prisma.FailureWhereInput> {
  const select = { id: true } as const;
  const [ofService, ofProxy] = await Promise.all([
    service === undefined ? null : read.service.findUnique({ where: { slug: asked(service) }, select }),
    proxy === undefined ? null : read.proxy.findUnique({ where: { slug: asked(proxy) }, select }),
  ]);
  return {
    ...(client === undefined ? {} : { clientId: asked(client) }),
    // What does not exist has no failures.
    ...(service === undefined ? {} : { serviceId: ofService?.id ?? NOBODY }),
    ...(proxy === undefined ? {} : { proxyId: ofProxy?.id ?? NOBODY }),
    ...(cause === undefined ? {} : { cause }),
    ...(certainty === undefined ? {} : { certainty }),
    ...(certificate === undefined ? {} : { certificates: { some: { certificateId: asked(certificate) } } }),
    ...(assignee === undefined ? {} : { assigneeId: asked(assignee) }),
  };
}

const NOBODY = "-";

/** An address may have any text in it; of some of them the database cannot even be asked. */
const asked = (reference: string) => (isReference(reference) ? reference : NOBODY);

const CURSOR = /^(-?\d{1,12}(?:\.\d{1,20})?(?:e-?\d{1,3})?)_([0-9a-z]{1,40})$/;

function cursorOf({ rank, id }: Place): string {
  return `${rank}_${id}`;
}

function placeOf(cursor: string): Place {
  const [, number, id = ""] = CURSOR.exec(cursor) ?? [];
  const rank = Number(number);
  if (number === undefined || !Number.isFinite(rank)) {
    throw malformed("after", "cursor", "after is not a cursor of this list.");
  }
  return { rank, id };
}

/** The first condition is a range of the index, of which the second leaves out what stands at its end. */
function beyondPlace({ rank, id }: Place): Prisma.FailureWhereInput {
  return { rank: { lte: rank }, OR: [{ rank: { lt: rank } }, { id: { lt: id } }] };
}

function isBeyond(place: Place | null): (each: Place) => boolean {
  return ({ rank, id }) => place === null || rank < place.rank || (rank === place.rank && id < place.id);
}
