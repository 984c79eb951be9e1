import type { Database } from "#lib/database.ts";
import type { DriverConnection } from "#lib/driver.ts";
import { DomainError } from "#lib/errors.ts";
import { log } from "#lib/log.ts";
import { repeatedBatch, type StoredBatch } from "./event-store.ts";
import type { LineCounts } from "./handshake-batch.ts";
import { type Portion, portionOf, unreadPortion } from "./handshake-portion.ts";
import { HELD_MAX, HELD_WITHIN_MAX, type HeldLine, readHeldLines } from "./held-lines.ts";
import type { LoggingProxy } from "./observation.ts";
import { type KnownLogger, loggerOf } from "./proxy-logger.ts";
import { type SortedHandshakes, sortedHandshakes } from "./sorted-handshakes.ts";
import { type PortionRows, portionRows, storePortion } from "./store-portion.ts";

/** What the lanes of all proxies work with. */
export interface LaneGround {
  /** For what diagnoses ask. */
  database: Database;
  /** What is stored goes by a connection of its own, unless somebody else stores it. */
  connection: DriverConnection;
  store?(portion: PortionRows): Promise<StoredBatch | null>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What became of the lines of a batch. */
export interface LaneAnswer extends LineCounts {
  /** All of it had been stored before. */
  repeated: boolean;
  /** Whose lines they clearly are, when they are not those of this proxy. */
  misfit: LoggingProxy | null;
}

/**
 * Lines that are stored by one transaction, and by one id: a sender that did not hear the answer sends all of them
 * again, and each portion is known. Another number would double those of a batch that was interrupted by an upgrade.
 */
export const PORTION_LINES = 250;

/** A change of the proxy counts for lines that come so much later. */
const LOGGER_KEPT_MS = 100;

/** Another process may take the lines that wait at the same moment, once or twice. */
const ATTEMPTS = 5;

/** The lines of one proxy, which are taken in one after the other. */
export class ProxyLane {
  readonly #ground: LaneGround;
  readonly #proxyId: string;
  /** What is kept in the database; undefined when that is to be read again. */
  #held: HeldLine[] | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #logger: { since: number; known: KnownLogger } | undefined;
  /** Work that was begun and is not done. */
  #under = 0;

  constructor(ground: LaneGround, proxyId: string) {
    this.#ground = ground;
    this.#proxyId = proxyId;
  }

  /** Whether nothing is to be done, and nothing waits for further lines. */
  get isIdle(): boolean {
    return this.#under === 0 && this.#held?.length === 0;
  }

  /**
   * Takes lines in; when it resolves they are stored, or kept to be joined with further ones.
   *
   * @param batchId of the sender; lines of one id must be the same
   */
  take(batchId: string, lines: readonly string[]): Promise<LaneAnswer> {
    return this.#inOrder(async () => {
      const answer: LaneAnswer = {
        ...{ taken: 0, matched: 0, ignored: 0, notUnderstood: 0 },
        ...{ repeated: true, misfit: null },
      };
      const portions: (readonly string[])[] = [];
      for (let start = 0; start < Math.max(1, lines.length); start += PORTION_LINES) {
        portions.push(lines.slice(start, start + PORTION_LINES));
      }
      const add = (stored: Omit<LaneAnswer, "misfit">) => {
        for (const what of ["taken", "matched", "ignored", "notUnderstood"] as const) {
          answer[what] += stored[what];
        }
        answer.repeated &&= stored.repeated;
      };
      const idOf = (place: number) => `${batchId}#${place}`;
      // Who did not hear the answer in time sends all of it again: that must not cost as much as the first time.
      const known = await this.#knownPortions(portions.length, idOf);
      for (const portion of known) add(portion);
      const open = portions.slice(known.length);
      for await (const stored of this.#takeAll(open, (place) => idOf(place + known.length))) {
        add(stored);
        answer.misfit = stored.misfit ?? answer.misfit;
      }
      return answer;
    });
  }

  /** Diagnoses and stores what waited for further lines, where none came. */
  settle(): Promise<void> {
    return this.#inOrder(async () => {
      this.#held = undefined; // another process may have done so
      for await (const _ of this.#takeAll([[]], () => null));
    });
  }

  /** What was stored before, from the first portion on. */
  async #knownPortions(count: number, idOf: (place: number) => string): Promise<StoredBatch[]> {
    const known: StoredBatch[] = [];
    while (known.length < count) {
      const which = { proxyId: this.#proxyId, batchId: idOf(known.length) };
      const portion = await repeatedBatch(this.#ground.connection, which);
      if (portion === null) break;
      known.push(portion);
      // Then other lines were kept, or none.
      this.#held = undefined;
    }
    return known;
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    this.#under++;
    const done = this.#last.then(work, work).finally(() => {
      this.#under--;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /**
   * Each is diagnosed while the one before is stored.
   *
   * @param idOf what it is stored under; null when nothing new came
   */
  async *#takeAll(
    portions: readonly (readonly string[])[],
    idOf: (place: number) => string | null,
  ): AsyncGenerator<LaneAnswer> {
    let ahead: Promise<Prepared> | undefined;
    try {
      for (const [place, lines] of portions.entries()) {
        const isLast = place === portions.length - 1;
        let prepared = await (ahead ?? this.#prepared(lines, isLast));
        ahead = undefined;
        for (let attempt = 1; ; attempt++) {
          // It was prepared behind lines that are not those which are kept.
          if (prepared.held !== this.#held) prepared = await this.#prepared(lines, isLast);
          const storing = this.#store(idOf(place), prepared);
          const next = portions[place + 1];
          if (next !== undefined && ahead === undefined) {
            ahead = this.#prepared(next, place + 2 === portions.length);
            ahead.catch(() => undefined); // told when it is its turn
          }
          const stored = await storing;
          if (stored !== null) {
            yield { ...stored, misfit: prepared.portion.misfit };
            break;
          }
          if (attempt === ATTEMPTS) {
            throw new DomainError("unavailable", "Others take in lines of this proxy; send them again.");
          }
        }
      }
    } finally {
      // After a failure: it must not note what is kept when somebody else's turn has come.
      await ahead?.catch(() => undefined);
    }
  }

  async #prepared(lines: readonly string[], isLast: boolean): Promise<Prepared> {
    const { database, connection } = this.#ground;
    const logger = await this.#known();
    this.#held ??= await readHeldLines(connection, this.#proxyId);
    const held = this.#held;
    const now = this.#ground.now();
    const heldMax = isLast ? HELD_MAX : HELD_WITHIN_MAX;
    const portion = await portionOf(held, lines, logger.kind, now, heldMax).catch(async (error: unknown) => {
      // A fault of ours: whatever it is about these lines, those behind them go on, and those before.
      log("handshake").error({ err: error }, "lines could not be read");
      const kept = await portionOf(held, [], logger.kind, now, heldMax).catch(() => undefined);
      return unreadPortion(lines, kept);
    });
    const sorted = await sortedHandshakes(database, logger, portion.handshakes, now);
    return { held, portion, sorted, now };
  }

  /** What is known of the proxy, asked for once for the portions of a moment. */
  async #known(): Promise<KnownLogger> {
    const now = performance.now();
    if (this.#logger === undefined || now - this.#logger.since >= LOGGER_KEPT_MS) {
      const { database, now: time } = this.#ground;
      this.#logger = { since: now, known: await loggerOf(database, this.#proxyId, time()) };
    }
    return this.#logger.known;
  }

  /** @returns null when another process has taken the lines that were kept */
  async #store(
    batchId: string | null,
    { held, portion, sorted, now }: Prepared,
  ): Promise<Omit<LaneAnswer, "misfit"> | null> {
    const { waiting, counts, misfit } = portion;
    if (batchId === null && held.length === 0) return { ...counts, repeated: false };
    const { failed, succeeded, spoilt } = sorted;
    const notUnderstood = [...portion.notUnderstood, ...spoilt];
    const batch = { proxyId: this.#proxyId, batchId, counts, notUnderstood, failed, succeeded };
    const finished = { batch, misfit, held: held.map(({ id }) => id), waiting, now };
    // What comes next is prepared behind these, unless it turns out that they are not kept.
    this.#held = waiting;
    try {
      const { store, connection } = this.#ground;
      const rows = portionRows(connection.provider, finished);
      const stored = await (store === undefined ? storePortion(connection, rows) : store(rows));
      // What was stored before kept other lines, or none.
      if (stored === null || stored.repeated) this.#held = undefined;
      return stored;
    } catch (error) {
      this.#held = undefined;
      throw error;
    }
  }
}

/** A portion of which it is known what became of each handshake. */
interface Prepared {
  /** Behind which lines that are kept. */
  held: readonly HeldLine[];
  portion: Portion;
  sorted: SortedHandshakes;
  now: number;
}
