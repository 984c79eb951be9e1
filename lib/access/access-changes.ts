import type { ChangedSnapshot } from "#lib/access/decide/changed-snapshot.ts";
import { sameStandings } from "#lib/access/issuer-standing.ts";
import { type KnownIssuers, readKnownIssuers } from "#lib/access/known-issuers.ts";
import { type KnownProxies, readKnownProxies } from "#lib/access/known-proxies.ts";
import { type Places, readClients, readServices, servicePlaces } from "#lib/access/world-read.ts";
import type { Database } from "#lib/database.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

/** About so many changed clients are taken in at once, and so many are read at once. */
const PAGE = 500;
const SLICE = 250;

/** What decisions are made from, as of some state of the database. */
export interface Live {
  snapshot: ChangedSnapshot;
  places: Places;
  issuers: KnownIssuers;
  proxies: KnownProxies;
  /** Ids of services by their short names. */
  serviceIds: Map<string, string>;
  /** The value of Ground.access whose changes it has. */
  counter: number;
  /** The value of Ground.configuration that was last looked at. */
  configuration: number;
  /** There are other authorities now: everything should be read anew. */
  isOutdated: boolean;
}

/** Takes in the next changes. @param state of one moment */
export async function takeIn(live: Live, state: Database): Promise<void> {
  const { access, configuration } = await counters(state);
  if (live.configuration !== configuration) {
    const issuers = await readKnownIssuers(state);
    // Names count under authorities, so other authorities may give every client another meaning.
    if (!sameAuthorities(live.issuers, issuers)) live.isOutdated = true;
    // One that was revoked vouches for nobody from now on, whatever becomes of the others.
    if (!sameStandings(live.issuers.standings, issuers.standings)) {
      live.issuers = { ...live.issuers, standings: issuers.standings };
      live.snapshot.authorities = issuers.standings;
    }
    live.configuration = configuration;
  }
  const { ids: changed, upTo } = await nextChanged(state, live.counter);
  const { services, ids: serviceIds } = await readServices(state, live.issuers.standsFor);
  const proxies = await readKnownProxies(state);
  live.places.services = await servicePlaces(state);
  const states: Awaited<ReturnType<typeof readClients>> = [];
  for (let start = 0; start < changed.length; start += SLICE) {
    states.push(...(await readClients(state, changed.slice(start, start + SLICE), live.places)));
    await letOthersRun();
  }
  // From here on nothing waits: no decision sees half of it.
  live.snapshot.changeServices(services);
  for (const { id, state: client } of states) {
    const place = live.snapshot.changeClient(live.places.clients.get(id) ?? null, client);
    live.places.clients.set(id, place);
  }
  live.proxies = proxies;
  live.serviceIds = serviceIds;
  live.counter = upTo ?? access;
}

/**
 * The clients that changed next after a number of `Ground.access`, all that one change touched together.
 *
 * @returns with the number of the last of these changes, null when there are no more
 */
async function nextChanged(
  { read }: Database,
  after: number,
): Promise<{ ids: string[]; upTo: number | null }> {
  const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  const select = { id: true, change: true } as const;
  const rows = await read.client.findMany({
    where: { change: { gt: after } },
    select,
    orderBy: { change: "asc" },
    take: PAGE,
  });
  const last = rows.at(-1);
  if (last === undefined || rows.length < PAGE) return { ids: idsOf(rows), upTo: null };
  const whole = rows.filter(({ change }) => change < last.change);
  const upTo = whole.at(-1)?.change;
  if (upTo !== undefined) return { ids: idsOf(whole), upTo };
  return {
    ids: idsOf(await read.client.findMany({ where: { change: last.change }, select })),
    upTo: last.change,
  };
}

/** The numbers that say whether anything has changed. */
export function counters({ read }: Database) {
  return read.ground.findUniqueOrThrow({
    where: { id: 1 },
    select: { access: true, configuration: true, revocations: true },
  });
}

function sameAuthorities({ standsFor }: KnownIssuers, { standsFor: others }: KnownIssuers): boolean {
  return standsFor.size === others.size && [...standsFor].every(([id, first]) => others.get(id) === first);
}
