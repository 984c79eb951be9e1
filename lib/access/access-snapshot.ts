import { counters, type Live, takeIn } from "#lib/access/access-changes.ts";
import { ChangedSnapshot } from "#lib/access/decide/changed-snapshot.ts";
import type { Snapshot } from "#lib/access/decide/snapshot.ts";
import { type KnownIssuers, readKnownIssuers } from "#lib/access/known-issuers.ts";
import { type KnownProxies, readKnownProxies } from "#lib/access/known-proxies.ts";
import { packAll, readServices } from "#lib/access/world-read.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

/** How often it is asked whether anything changed: one small query. */
const EVERY_MS = 200;

/** How long a start waits for the first reading, and how often it looks. */
const PATIENCE_MS = 2_000;
const READY_EVERY_MS = 20;

/** The query takes milliseconds; a database that has not answered it for so long is away. */
const SILENT_MS = 2_000;

/** When more changes than this are laid over each other, everything is read anew, as that is faster to look up. */
const CHANGES_MAX = 5_000;

/** By the clock, and by the monotonic one in milliseconds. */
interface Moment {
  at: Date;
  started: number;
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
  readonly #ended = new AbortController();
  /** Read anew, and not yet brought up to date. */
  #fresh: Live | null = null;
  #reading: Promise<void> | null = null;
  #readingMs = 0;
  /** Since when the database cannot be read; null while it can. */
  #awaySince: Date | null = null;
  /** When the question was put that is not answered yet. */
  #asked: Moment | null = null;
  /** When it began to take in what had changed. */
  #takingIn: Moment | null = null;
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
    return this.#awaySince ?? longAgo(this.#asked);
  }

  /** Since when there are changes that it has not taken in, being so many; null when there are none. */
  get behindSince(): Date | null {
    return longAgo(this.#takingIn);
  }

  /** As of which moment decisions are made, for one of these reasons; null when that is the present. */
  get staleSince(): Date | null {
    return this.awaySince ?? this.behindSince;
  }

  /** How long it took to read everything the last time, in milliseconds. */
  get readingMs(): number {
    return this.#readingMs;
  }

  /**
   * Reads everything, and follows from then on. A million grants take seconds, so they are waited for a moment only:
   * whoever starts has other things to answer.
   */
  async start(): Promise<void> {
    let isSaid = false;
    const round = async () => {
      try {
        if (await this.#round()) this.#readAllBeside();
        isSaid = false;
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        if (!isSaid) {
          log("access").error(
            { err: error },
            "the database does not answer: decisions are made as it was last",
          );
        }
        isSaid = true;
        this.#awaySince ??= this.#installation.clock.now();
      }
      // What is read for the first time counts as soon as it is there.
      const everyMs = this.#live === null ? READY_EVERY_MS : EVERY_MS;
      if (!this.#ended.signal.aborted) this.#timer = setTimeout(next, everyMs);
    };
    const next = () => {
      this.#underWay = round();
    };
    next();
    const until = performance.now() + PATIENCE_MS;
    while (this.#live === null && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, READY_EVERY_MS));
    }
  }

  async end(): Promise<void> {
    this.#ended.abort();
    clearTimeout(this.#timer);
    await this.#underWay;
    await this.#reading;
  }

  /** Takes in what has changed since. @throws whatever the database throws; then everything is as it was */
  async follow(): Promise<void> {
    while (await this.#round()) await this.#readAll();
  }

  /** @returns whether everything should be read anew */
  async #round(): Promise<boolean> {
    const { database } = this.#installation;
    const began = this.#now();
    this.#takingIn = began;
    try {
      const state = await this.#answerOf(() => counters(database));
      this.#revocations = state.revocations;
      // What was read anew takes over as soon as it has what changed meanwhile: it must not fall behind.
      const live = this.#fresh ?? this.#live;
      if (live !== null) {
        await this.#catchUp(live, state, (step) => this.#answerOf(step));
        live.snapshot.usableUntil = began.at.getTime() + this.#maxAgeMs;
        this.#live = live;
        this.#fresh = null;
      }
      const since = this.#awaySince;
      if (since !== null) log("access").info("the database answers again");
      this.#awaySince = null;
      this.onFollowed(since);
      return live === null || live.isOutdated || live.snapshot.changes > CHANGES_MAX;
    } finally {
      this.#takingIn = null;
    }
  }

  /** Puts something to the database; from its silence it is known that it is away. */
  async #answerOf<T>(question: () => Promise<T>): Promise<T> {
    this.#asked = this.#now();
    try {
      return await question();
    } finally {
      this.#awaySince = this.awaySince;
      this.#asked = null;
    }
  }

  #now(): Moment {
    return { at: this.#installation.clock.now(), started: performance.now() };
  }

  /**
   * Takes in everything up to a state of the database, however much that is.
   *
   * @param take runs each of the steps
   */
  async #catchUp(
    live: Live,
    { access, configuration }: { access: number; configuration: number },
    take: (step: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    if (live.counter === access && live.configuration === configuration) return;
    do {
      this.#ended.signal.throwIfAborted();
      await take(() => this.#installation.database.snapshot((state) => takeIn(live, state)));
    } while (live.counter < access);
  }

  /** The same beside the rounds, which go on taking in what changes. */
  #readAllBeside(): void {
    if (this.#reading !== null) return;
    this.#reading = this.#readAll()
      .catch((error: unknown) => {
        if (!this.#ended.signal.aborted) {
          log("access").error({ err: error }, "clients and grants could not be read anew; trying again");
        }
      })
      .finally(() => {
        this.#reading = null;
      });
  }

  async #readAll(): Promise<void> {
    const { database } = this.#installation;
    const began = performance.now();
    const { access: counter, configuration } = await counters(database);
    const issuers = await readKnownIssuers(database);
    const { snapshot: packed, places } = await packAll(database, issuers.standsFor, this.#ended.signal);
    const { services, ids: serviceIds } = await readServices(database, issuers.standsFor);
    const proxies = await readKnownProxies(database);
    const snapshot = new ChangedSnapshot(packed);
    snapshot.authorities = issuers.standings;
    snapshot.changeServices(services);
    const fresh: Live = {
      ...{ snapshot, places, issuers, proxies, serviceIds, counter, configuration },
      isOutdated: false,
    };
    // Most of it here: while the last of it is taken in, decisions wait for what has changed.
    await this.#catchUp(fresh, await counters(database), (step) => step());
    this.#fresh = fresh;
    this.#readingMs = performance.now() - began;
  }
}

/** Since when, if that is longer ago than anything takes that is well. */
function longAgo(moment: Moment | null): Date | null {
  return moment !== null && performance.now() - moment.started > SILENT_MS ? moment.at : null;
}
