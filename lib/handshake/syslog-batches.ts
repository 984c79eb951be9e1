import { DomainError } from "#lib/errors.ts";
import { passingBatchId } from "./handshake-batch.ts";
import type { Ingest } from "./ingest.ts";

/** How much of a proxy's lines is sent on at once, and how long the first of them waits for others. */
const BATCH_LINES = 2_000;
const BATCH_CHARACTERS = 256 * 1024;
const BATCH_MS = 200;

/** Lines of one proxy that wait, those on their way included; and those of all. No more is read meanwhile. */
const HELD_OF_ONE_MAX = 1024 * 1024;
const HELD_MAX = 32 * 1024 * 1024;

/** A line holds some memory beside its characters. */
const LINE_CHARACTERS = 64;

/** When they cannot be taken they are tried again after this, and then ever later. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 5_000;

/** Told of lines that are lost, with what was said of them. */
export type LostLines = (proxyId: string, lines: number, reason: unknown) => void;

/** The lines of a proxy that wait. */
interface Lane {
  lines: string[];
  characters: number;
  /** With those on their way. */
  held: number;
  timer: NodeJS.Timeout | undefined;
  sending: Promise<void> | null;
}

/**
 * Collects single lines of proxies into batches and has them stored, one batch of a proxy after the other. Whoever
 * reads lines waits while it is full: so nothing is read faster than it is stored.
 */
export class SyslogBatches {
  readonly #ingest: Pick<Ingest, "take">;
  readonly #lost: LostLines;
  readonly #lanes = new Map<string, Lane>();
  #held = 0;
  #waiting: (() => void)[] = [];
  #isEnding = false;
  readonly #ended = new AbortController();

  constructor(ingest: Pick<Ingest, "take">, lost: LostLines) {
    this.#ingest = ingest;
    this.#lost = lost;
  }

  /** @param line without a line break */
  add(proxyId: string, line: string): void {
    const lane = this.#lane(proxyId);
    const size = line.length + LINE_CHARACTERS;
    lane.lines.push(line);
    lane.characters += size;
    lane.held += size;
    this.#held += size;
    this.#sendSoon(proxyId, lane);
  }

  /** Whether no more of this proxy's lines should be read just now. */
  isFull(proxyId: string): boolean {
    return this.#held >= HELD_MAX || (this.#lanes.get(proxyId)?.held ?? 0) >= HELD_OF_ONE_MAX;
  }

  /** Resolves when there is room again, or when it is ending. */
  async whenFree(proxyId: string): Promise<void> {
    while (this.isFull(proxyId) && !this.#ended.signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Has everything stored that there is. @param patienceMs after which what is left is lost, and told of */
  async end(patienceMs: number): Promise<void> {
    this.#isEnding = true;
    const timer = setTimeout(() => this.#giveUp(), patienceMs);
    for (const [proxyId, lane] of this.#lanes) this.#sendSoon(proxyId, lane);
    while (this.#lanes.size > 0) {
      await Promise.all([...this.#lanes.values()].map(({ sending }) => sending));
    }
    clearTimeout(timer);
    this.#giveUp();
  }

  #giveUp(): void {
    this.#ended.abort();
    this.#wake();
  }

  #lane(proxyId: string): Lane {
    let lane = this.#lanes.get(proxyId);
    if (lane === undefined) {
      lane = { lines: [], characters: 0, held: 0, timer: undefined, sending: null };
      this.#lanes.set(proxyId, lane);
    }
    return lane;
  }

  /** At once when there are many, or no more will come. */
  #sendSoon(proxyId: string, lane: Lane): void {
    if (lane.sending !== null || lane.lines.length === 0) return;
    const isMuch = lane.lines.length >= BATCH_LINES || lane.characters >= BATCH_CHARACTERS;
    if (isMuch || this.#isEnding) this.#send(proxyId, lane);
    else lane.timer ??= setTimeout(() => this.#send(proxyId, lane), BATCH_MS);
  }

  #send(proxyId: string, lane: Lane): void {
    clearTimeout(lane.timer);
    lane.timer = undefined;
    const { lines, characters } = lane;
    lane.lines = [];
    lane.characters = 0;
    lane.sending = this.#store(proxyId, lines).then(() => {
      lane.held -= characters;
      this.#held -= characters;
      lane.sending = null;
      if (lane.held === 0) this.#lanes.delete(proxyId);
      else this.#sendSoon(proxyId, lane);
      this.#wake();
    });
  }

  async #store(proxyId: string, lines: readonly string[]): Promise<void> {
    const body = new TextEncoder().encode(`${lines.join("\n")}\n`);
    const batchId = passingBatchId();
    const sent = { proxyId, batchId, body, contentType: "text/plain", contentEncoding: undefined };
    for (let wait = RETRY_MS; ; wait = Math.min(2 * wait, RETRY_MS_MAX)) {
      try {
        await this.#ingest.take(sent);
        return;
      } catch (error) {
        if (isFinal(error) || this.#ended.signal.aborted) {
          this.#lost(proxyId, lines.length, error);
          return;
        }
        await this.#pause(wait);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#ended;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    });
  }

  #wake(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }
}

/** Trying again would not help: the lines themselves are refused, or the proxy is gone. */
function isFinal(error: unknown): boolean {
  return error instanceof DomainError && error.code !== "rateLimited" && error.code !== "unavailable";
}
