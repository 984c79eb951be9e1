import { ChangedSnapshot } from "#lib/access/decide/changed-snapshot.ts";
import { PackedSnapshot } from "#lib/access/decide/packed-snapshot.ts";
import type { Snapshot } from "#lib/access/decide/snapshot.ts";
import { type KnownIssuers, readKnownIssuers } from "#lib/access/known-issuers.ts";
import { type KnownProxies, readKnownProxies } from "#lib/access/known-proxies.ts";
import { type Places, readClients, readServices, readWorld, servicePlaces } from "#lib/access/world-read.ts";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** How often it is asked whether anything changed: one small query. */
const EVERY_MS = 200;

/** The query takes milliseconds; a database that has not answered it for so long is away. */
const SILENT_MS = 2_000;

/** More changes than this at once, or laid over each other, are taken in by reading everything anew. */
const CHANGES_MAX = 5_000;

interface Live {
  snapshot: ChangedSnapshot;
  places: Places;
  issuers: KnownIssuers;
  proxies: KnownProxies;
  /** Ids of services by their short names. */
  serviceIds: Map<string, string>;
  /** The value of Ground.access whose changes it has. */
  counter: number;
  /** The value of Ground.configuration for which the issuers are right. */
  configuration: number;
}

/**
 * What decisions depend on, in the memory of this process, and following the database: a change of any instance
 * counts within a quarter of a second. While the database cannot be reached the last state goes on being used, until
 * it is too old.
 */
export class AccessSnapshot {
  readonly #installation: Installation;
  readonly #maxAgeMs: number;
  #live: Live | null = null;
  #revocations = -1;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();
  #ended = false;
  /** Since when the database cannot be read; null while it can. */
  #awaySince: Date | null = null;
  /** When the question was put that is not answered yet. */
  #asked: { at: Date; started: number } | null = null;
  /** Told whenever it has followed, with the time since when it could not; null when it could all the time. */
  onFollowed: (awaySince: Date | null) => void = () => {};

  /** @param maxAgeMs how long decisions are made without the database */
  constructor(installation: Installation, maxAgeMs: number) {
    this.#installation = installation;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Null until it was read for the first time. */
  get current(): Snapshot | null {
    return this.#live?.snapshot ?? null;
  }

  /** The value of Ground.access that it has taken in; null until it was read. */
  get counter(): number | null {
    return this.#live?.counter ?? null;
  }

  /** The authorities under which names count; null until they were read. Another object when they changed. */
  get issuers(): KnownIssuers | null {
    return this.#live?.issuers ?? null;
  }

  /**
   * The counter that every revocation, hold and release raises, as of the last time that the database was asked: whether
   * a certificate is revoked is looked up again when it has changed.
   */
  get revocations(): number {
    return this.#revocations;
  }

  /** The proxies that may ask; null until they were read. */
  get proxies(): KnownProxies | null {
    return this.#live?.proxies ?? null;
  }

  /** The id of a service; empty for one that is not known. */
  serviceId(slug: string): string {
    return this.#live?.serviceIds.get(slug) ?? "";
  }

  /** Short names of the services that let everybody in when this is too old. */
  get servicesFailingOpen(): string[] {
    const live = this.#live;
    if (live === null) return [];
    return [...live.serviceIds.keys()].filter((slug) => live.snapshot.service(slug)?.failsOpen === true);
  }

  /** Since when decisions are made without the database; null while it answers. */
  get awaySince(): Date | null {
    if (this.#awaySince !== null || this.#asked === null) return this.#awaySince;
    return performance.now() - this.#asked.started > SILENT_MS ? this.#asked.at : null;
  }

  /** Reads everything, and follows from then on. @throws whatever the database throws at the first time */
  async start(): Promise<void> {
    await this.follow();
    let isSaid = false;
    const round = async () => {
      try {
        await this.follow();
        isSaid = false;
      } catch (error) {
        if (!isSaid)
          log("access").error(
            { err: error },
            "the database does not answer: decisions are made as it was last",
          );
        isSaid = true;
        this.#awaySince ??= this.#installation.clock.now();
      }
      if (!this.#ended) this.#timer = setTimeout(next, EVERY_MS);
    };
    const next = () => {
      this.#underWay = round();
    };
    this.#timer = setTimeout(next, EVERY_MS);
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#underWay;
  }

  /** Takes in what has changed since. @throws whatever the database throws; then everything is as it was */
  async follow(): Promise<void> {
    const { database, clock } = this.#installation;
    const asked = { at: clock.now(), started: performance.now() };
    this.#asked = asked;
    const { access, configuration, revocations } = await counters(database).finally(() => {
      if (this.awaySince !== null) this.#awaySince = this.awaySince;
      this.#asked = null;
    });
    this.#revocations = revocations;
    if (this.#live?.counter !== access || this.#live.configuration !== configuration)
      await database.snapshot((state) => this.#takeIn(state));
    if (this.#live !== null) this.#live.snapshot.usableUntil = asked.at.getTime() + this.#maxAgeMs;
    const since = this.#awaySince;
    if (since !== null) log("access").info("the database answers again");
    this.#awaySince = null;
    this.onFollowed(since);
  }

  async #takeIn(state: Database): Promise<void> {
    const { access: counter, configuration } = await counters(state);
    const { services, ids: serviceIds } = await readServices(state);
    const proxies = await readKnownProxies(state);
    const live = this.#live;
    // Names count under authorities, so other authorities may give every client another meaning.
    const issuers = live?.configuration === configuration ? live.issuers : await readKnownIssuers(state);
    const isSame = live !== null && sameAuthorities(live.issuers, issuers);
    const changed =
      live === null || !isSame
        ? []
        : await state.read.client.findMany({
            where: { change: { gt: live.counter } },
            select: { id: true },
            orderBy: { change: "asc" },
            take: CHANGES_MAX + 1,
          });
    if (live === null || !isSame || changed.length + live.snapshot.changes > CHANGES_MAX) {
      const { world, places } = await readWorld(state, issuers.standsFor);
      const snapshot = new ChangedSnapshot(new PackedSnapshot({ ...world, services: [], usableUntil: 0 }));
      snapshot.changeServices(services);
      this.#live = { snapshot, places, issuers, proxies, serviceIds, counter, configuration };
      return;
    }
    live.places.services = await servicePlaces(state);
    const states = await readClients(
      state,
      changed.map(({ id }) => id),
      live.places,
    );
    // From here on nothing waits: no decision sees half of it.
    live.snapshot.changeServices(services);
    for (const { id, state: client } of states) {
      const place = live.snapshot.changeClient(live.places.clients.get(id) ?? null, client);
      live.places.clients.set(id, place);
    }
    live.proxies = proxies;
    live.serviceIds = serviceIds;
    live.counter = counter;
    live.configuration = configuration;
  }
}

function counters({ read }: Database) {
  return read.ground.findUniqueOrThrow({
    where: { id: 1 },
    select: { access: true, configuration: true, revocations: true },
  });
}

function sameAuthorities({ standsFor }: KnownIssuers, { standsFor: others }: KnownIssuers): boolean {
  return standsFor.size === others.size && [...standsFor].every(([id, first]) => others.get(id) === first);
}
