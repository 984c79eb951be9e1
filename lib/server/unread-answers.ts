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
const UNDER_WAY_MAX = 5_000;

/**
 * Closes connections on which nothing moves, and bounds those that are being answered: when there are more, the one
 * that takes longest is closed. Others read theirs within seconds, so it is hardly ever one of them.
 *
 * @param idleMs how long nothing may be read or sent; a slow reader who goes on reading is not hindered
 */
export function boundUnreadAnswers(
  server: HttpServer | HttpsServer,
  idleMs: number,
  max = UNDER_WAY_MAX,
): void {
  server.setTimeout(idleMs);
  /** In the order of their beginning. */
  const underWay = new Set<ServerResponse>();
  server.prependListener("request", (_: IncomingMessage, response: ServerResponse) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    if (underWay.size > max) closeOldest(underWay);
  });
}

function closeOldest(underWay: Set<ServerResponse>): void {
  for (const response of underWay) {
    underWay.delete(response);
    response.destroy();
    return;
  }
}
