import { log } from "#lib/log.ts";

/** What a process that is killed loses at most. */
const FLUSHED_EVERY_MS = 5_000;

/** Writing takes milliseconds; so long it was not possible. */
const LATE_MS = 3_000;

/** Has something that is counted in memory written every few seconds while there is anything, and at the end. */
export class SoonFlushed {
  readonly #flush: () => Promise<void>;
  readonly #what: string;
  #timer: NodeJS.Timeout | undefined;
  /** When what is not written yet should have been, on the clock of `performance`. */
  #dueSince: number | null = null;
  #underWay: Promise<void> = Promise.resolve();

  /**
   * @param flush writes what there is; keeps what it could not write
   * @param what for the log: "the use of clients"
   */
  constructor(flush: () => Promise<void>, what: string) {
    this.#flush = flush;
    this.#what = what;
  }

  /** For how long it has not been possible to write, in milliseconds; 0 while nothing is overdue. */
  get lateMs(): number {
    const late = this.#dueSince === null ? 0 : performance.now() - this.#dueSince;
    return late < LATE_MS ? 0 : late;
  }

  /** To be called when there is something to write. */
  noted(): void {
    this.#timer ??= setTimeout(() => this.#now(), FLUSHED_EVERY_MS).unref();
  }

  #now(): void {
    this.#timer = undefined;
    this.#dueSince ??= performance.now();
    this.#underWay = this.#flush().then(
      () => {
        this.#dueSince = null;
      },
      (error: unknown) => {
        log("access").warn({ err: error }, `${this.#what} could not be written; it is tried again`);
        this.noted();
      },
    );
  }

  /** Writes what is left. Without the database it is lost: nothing waits for it with the process gone. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#underWay;
    clearTimeout(this.#timer);
    try {
      await this.#flush();
    } catch (error) {
      log("access").error({ err: error }, `${this.#what} could not be written at the end, and is lost`);
    }
  }
}
