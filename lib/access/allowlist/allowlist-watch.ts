import type { AllowlistFile, AllowlistFiles, AskedAllowlist } from "#lib/access/allowlist/allowlist-files.ts";
import { isAllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import { isDatabaseAway } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";

interface Watched {
  asked: AskedAllowlist;
  /** Milliseconds of the monotonic clock. */
  askedAt: number;
  /** Called with each look, also when nothing changed. */
  waiting: Set<(file: AllowlistFile | null) => void>;
}

/** How often it is looked whether a list changed: three small queries when nothing did. */
const EVERY_MS = 200;

/** A list for which nobody asked so long is forgotten. */
const FORGOTTEN_MS = 600_000;

/** How often it is read which lists proxies have, and how long after they last fetched them they are still kept. */
const HELD_EVERY_MS = 30_000;
const HELD_DAYS = 7;

/** Requests that wait at the same time; others are answered at once. */
const WAITING_MAX = 2_000;

/**
 * Makes new versions of lists by itself, for those that wait for one and for everybody who wants to know whether a
 * proxy has the newest: of lists that somebody asked for, or that some proxy has.
 */
export class AllowlistWatch {
  readonly #installation: Installation;
  readonly #files: Pick<AllowlistFiles, "present" | "forget" | "isAway">;
  readonly #watched = new Map<string, Watched>();
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();
  #heldAt = Number.NEGATIVE_INFINITY;
  #ended = false;
  #isFailing = false;

  readonly #waitingMax: number;

  constructor(
    installation: Installation,
    files: Pick<AllowlistFiles, "present" | "forget" | "isAway">,
    waitingMax = WAITING_MAX,
  ) {
    this.#installation = installation;
    this.#files = files;
    this.#waitingMax = waitingMax;
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Begins to look after the lists that proxies have. */
  start(): void {
    this.#timer ??= setTimeout(() => this.#look(), EVERY_MS);
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const { waiting } of this.#watched.values()) for (const wake of waiting) wake(null);
    await this.#underWay;
  }

  /**
   * The present file, or the next one when the caller has the present one: as soon as there is one, at latest after
   * some time. When too many wait already, at once.
   *
   * @param has whether the caller has the file with this entity tag
   * @param milliseconds 0 for not waiting
   * @param isGone aborted when the caller does not wait any more
   */
  async next(
    asked: AskedAllowlist,
    has: (etag: string) => boolean,
    milliseconds: number,
    isGone: AbortSignal,
  ): Promise<AllowlistFile> {
    const watched = this.#watch(asked);
    watched.askedAt = performance.now();
    const file = await this.#files.present(asked);
    if (milliseconds <= 0 || !has(file.etag) || this.#waiting >= this.#waitingMax) return file;
    return this.#later(watched, file, milliseconds, isGone);
  }

  #later(
    { waiting }: Watched,
    file: AllowlistFile,
    milliseconds: number,
    isGone: AbortSignal,
  ): Promise<AllowlistFile> {
    if (this.#ended || isGone.aborted) return Promise.resolve(file);
    return new Promise((resolve) => {
      const done = (newest: AllowlistFile | null) => {
        if (newest?.etag === file.etag) return;
        waiting.delete(done);
        this.#waiting--;
        clearTimeout(timer);
        isGone.removeEventListener("abort", leave);
        resolve(newest ?? file);
      };
      const leave = () => done(null);
      const timer = setTimeout(leave, milliseconds);
      isGone.addEventListener("abort", leave);
      waiting.add(done);
      this.#waiting++;
    });
  }

  #watch(asked: AskedAllowlist): Watched {
    const key = `${asked.serviceId} ${asked.format}`;
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      watched = { asked, askedAt: performance.now(), waiting: new Set() };
      this.#watched.set(key, watched);
    }
    return watched;
  }

  #look(): void {
    const begun = performance.now();
    this.#underWay = this.#lookOnce()
      .then(
        () => {
          this.#isFailing = false;
        },
        (error: unknown) => {
          if (!this.#isFailing) log("access").error({ err: error }, "allowlists could not be made");
          this.#isFailing = true;
        },
      )
      .then(() => {
        // Making lists of a hundred thousand clients again and again leaves half of the time to others.
        const pause = Math.max(EVERY_MS, performance.now() - begun);
        if (!this.#ended) this.#timer = setTimeout(() => this.#look(), pause);
      });
  }

  async #lookOnce(): Promise<void> {
    if (this.#files.isAway) return;
    await this.#findHeld();
    const now = performance.now();
    let failure: unknown = null;
    for (const [key, { asked, askedAt, waiting }] of this.#watched) {
      if (this.#ended) return;
      if (waiting.size === 0 && now - askedAt > FORGOTTEN_MS) {
        this.#watched.delete(key);
        this.#files.forget(asked);
        continue;
      }
      try {
        const file = await this.#files.present(asked);
        for (const wake of waiting) wake(file);
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        // One that cannot be made keeps no other from being made.
        failure = error;
      }
    }
    if (failure !== null) throw failure;
  }

  async #findHeld(): Promise<void> {
    if (performance.now() - this.#heldAt < HELD_EVERY_MS) return;
    const now = this.#installation.clock.now().getTime();
    const rows = await this.#installation.database.read.proxyFile.findMany({
      where: { fetchedAt: { gt: new Date(now - HELD_DAYS * 86_400_000) }, proxy: { status: "active" } },
      distinct: ["serviceId", "format"],
      select: { format: true, service: { select: { id: true, slug: true } } },
    });
    for (const { format, service } of rows) {
      if (!isAllowlistFormat(format)) continue;
      this.#watch({ serviceId: service.id, service: service.slug, format }).askedAt = performance.now();
    }
    this.#heldAt = performance.now();
  }
}
