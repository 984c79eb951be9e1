import type { IncomingMessage } from "node:http";

/** How long a small body may take to come. */
const BODY_MS = 5_000;

/** At most so many may be on their way; when there are more, the one that is at it longest has to go. */
const OPEN_MAX = 2_000;

const SWEEP_MS = 1_000;

/** How the reading of a body ends. */
interface Reader {
  /** It is there. */
  whole(octets: Buffer): void;
  /** It has more bytes than allowed, and is not read on. */
  tooLarge(): void;
  /** It did not come in time. */
  tooSlow(): void;
}

/**
 * Reads bodies of bounded size in bounded time, whatever else is going on: one that is sent drop by drop takes up
 * its few kilobytes for seconds, and no timer of its own.
 */
export class SmallBodies {
  readonly #bytesMax: number;
  /** In the order of their beginning. */
  readonly #open = new Map<IncomingMessage, { since: number; reader: Reader }>();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  read(request: IncomingMessage, reader: Reader): void {
    if (Number(request.headers["content-length"] ?? 0) > this.#bytesMax) {
      reader.tooLarge();
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= this.#bytesMax) parts.push(part);
      else if (this.#close(request)) reader.tooLarge();
    });
    request.on("end", () => {
      if (this.#close(request))
        reader.whole(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
    });
    request.on("close", () => this.#close(request));
    this.#open.set(request, { since: performance.now(), reader });
    if (this.#open.size > OPEN_MAX) this.#giveUpOldest();
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** @returns whether it was open until now */
  #close(request: IncomingMessage): boolean {
    return this.#open.delete(request);
  }

  #giveUpOldest(): void {
    for (const [request, { reader }] of this.#open) {
      this.#close(request);
      reader.tooSlow();
      return;
    }
  }

  #sweep(): void {
    const now = performance.now();
    for (const { since } of this.#open.values()) {
      if (now - since < BODY_MS) return;
      this.#giveUpOldest();
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
