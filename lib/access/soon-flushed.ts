import { log } from "#lib/log.ts";

/** What a process that is killed loses at most. */
const FLUSHED_EVERY_MS = 5_000;

/** Has something that is counted in memory written every few seconds while there is anything, and at the end. */
export class SoonFlushed {
  readonly #flush: () => Promise<void>;
  readonly #what: string;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();

  /**
   * @param flush writes what there is; keeps what it could not write
   * @param what for the log: "the use of clients"
   */
  constructor(flush: () => Promise<void>, what: string) {
    this.#flush = flush;
    this.#what = what;
  }

  /** To be called when there is something to write. */
  noted(): void {
    this.#timer ??= setTimeout(() => this.#now(), FLUSHED_EVERY_MS).unref();
  }

  #now(): void {
    this.#timer = undefined;
    this.#underWay = this.#flush().catch((error: unknown) => {
      log("access").warn({ err: error }, `${this.#what} could not be written; it is tried again`);
      this.noted();
    });
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
