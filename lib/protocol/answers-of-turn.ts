import type { ServerResponse } from "node:http";

/** So many are sent at once: whoever got theirs asks on while the next ones are made. Measured: 8 and 24 are slower. */
const TOGETHER = 16;

/**
 * Sends the answers of one turn of the event loop one after another at its end. Whoever waits for one is woken up by
 * it, which takes the kernel as long as all the rest of a short answer; the next one finds them awake. The price: an
 * answer waits for whatever else the turn does, which is bounded for everything that this process does.
 */
export class AnswersOfTurn {
  #waiting: ServerResponse[] = [];

  /** @param response with its headers, and without a body */
  end(response: ServerResponse): void {
    const waiting = this.#waiting.push(response);
    if (waiting === 1) setImmediate(() => this.#send());
    else if (waiting === TOGETHER) this.#send();
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const response of waiting) response.end();
  }
}
