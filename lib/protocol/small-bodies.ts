import type { IncomingMessage, ServerResponse } from "node:http";

/** How long a small body may take to come. */
const BODY_MS = 5_000;

/** At most so many may be on their way; when there are more, the one that is at it longest has to go. */
const OPEN_MAX = 2_000;

const SWEEP_MS = 1_000;

/** What becomes of bodies: one object for all, as it is asked thousands of times a second. */
export interface BodyReader {
  /** It is there. */
  whole(request: IncomingMessage, response: ServerResponse, octets: Buffer): void;
  /** It has more bytes than allowed, and is not read on. */
  tooLarge(request: IncomingMessage, response: ServerResponse): void;
  /** It did not come in time. */
  tooSlow(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Reads bodies of bounded size in bounded time, whatever else is going on: one that is sent drop by drop takes up
 * its few kilobytes for seconds, and no timer of its own. What its headers announce is not asked.
 */
export class SmallBodies {
  readonly #bytesMax: number;
  readonly #reader: BodyReader;
  /** When each began; in this order. */
  readonly #open = new Map<IncomingMessage, { since: number; response: ServerResponse }>();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(bytesMax: number, reader: BodyReader) {
    this.#bytesMax = bytesMax;
    this.#reader = reader;
  }

  read(request: IncomingMessage, response: ServerResponse): void {
    let octets: Buffer = NOTHING;
    request.on("data", (part: Buffer) => {
      // Nearly always the only part.
      octets = octets.length === 0 ? part : Buffer.concat([octets, part]);
      if (octets.length <= this.#bytesMax) return;
      octets = NOTHING;
      request.pause();
      if (this.#open.delete(request)) this.#reader.tooLarge(request, response);
    });
    request.on("end", () => {
      if (this.#open.delete(request)) this.#reader.whole(request, response, octets);
    });
    this.#open.set(request, { since: performance.now(), response });
    if (this.#open.size > OPEN_MAX) this.#giveUpOldest();
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  #giveUpOldest(): void {
    for (const [request, { response }] of this.#open) {
      this.#open.delete(request);
      // Whoever went away in the middle is told nothing.
      if (!request.destroyed) this.#reader.tooSlow(request, response);
      return;
    }
  }

  #sweep(): void {
    const now = performance.now();
    for (const { since } of this.#open.values()) {
      if (now - since < BODY_MS) return;
      this.#giveUpOldest();
    }
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}

const NOTHING = Buffer.alloc(0);
