import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";

/**
 * Connections whose answer is not read: those of slow links, and those of somebody who wants to take all that there
 * are. Each keeps its answer in memory, which may be a list of many megabytes, also when that was replaced.
 */

/**
 * What requests may be under way at the same time, until their answer has been sent. With as many connections as may
 * be silent (silent-connections.ts) they leave room for others.
 */
export const UNDER_WAY_MAX = 5_000;

/**
 * Closes connections on which nothing moves, and bounds those that are being answered: when there are more, the one
 * that takes longest is closed. Others read theirs within seconds, so it is hardly ever one of them.
 *
 * @param idleMs how long nothing may be read or sent; a slow reader who goes on reading is not hindered
 * @param isShort whether the answer to a request is some hundred octets, whatever comes: of those a connection has
 *   one, and connections are bounded, so they need not be counted
 */
export function boundUnreadAnswers(
  server: HttpServer | HttpsServer,
  idleMs: number,
  max = UNDER_WAY_MAX,
  isShort: (request: IncomingMessage) => boolean = () => false,
): void {
  server.setTimeout(idleMs);
  const underWay = new AnswersUnderWay();
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    if (isShort(request)) return;
    const place = underWay.begin(response);
    response.on("close", () => underWay.end(place));
    if (underWay.count > max) underWay.closeOldest();
  });
}

interface Place {
  readonly response: ServerResponse;
  isOver: boolean;
  before: Place | null;
  after: Place | null;
}

/**
 * Answers in the order of their beginning. Each forgets its neighbours when it ends, and nothing remembers it: with a
 * Set, which copies itself as it changes, each copy is kept alive by one before it that has become old, and with it
 * the answers of its time. At 30,000 a second that was 130 MB a second, and pauses of ten milliseconds.
 */
class AnswersUnderWay {
  count = 0;
  #first: Place | null = null;
  #last: Place | null = null;

  closeOldest(): void {
    const place = this.#first;
    if (place === null) return;
    this.end(place);
    place.response.destroy();
  }

  begin(response: ServerResponse): Place {
    const place: Place = { response, isOver: false, before: this.#last, after: null };
    if (this.#last === null) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    this.count++;
    return place;
  }

  end(place: Place): void {
    if (place.isOver) return;
    place.isOver = true;
    const { before, after } = place;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    place.before = null;
    place.after = null;
    this.count--;
  }
}
