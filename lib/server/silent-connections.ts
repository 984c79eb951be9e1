import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/**
 * Connections that have not sent a whole request yet: those of people who are about to, and those of somebody who
 * wants to use up our memory. Node gives each of them some seconds; this sees to it that there are never too many.
 */

/** What connections may wait at the same time. Each may hold the headers of a request, in memory. */
const SILENT_MAX = 2_000;

/** All connections of a server together; a kept-alive one holds some 20 kilobytes. */
const CONNECTIONS_MAX = 8_000;

/** How often Node looks for connections whose time is over; by itself it would only every half minute. */
export const CONNECTION_CHECK_MS = 2_000;

/**
 * Bounds the silent connections of a server: when there are more, the one that has been silent longest is closed.
 * Others finish theirs within milliseconds, so it is never one of them.
 */
export function boundSilentConnections(server: HttpServer | HttpsServer, max = SILENT_MAX): void {
  /** In the order of their beginning; by address, as a TLS connection has two sockets. */
  const silent = new Map<string, Socket>();
  const heard = new WeakSet<Socket>();
  server.maxConnections = CONNECTIONS_MAX;
  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    silent.set(name, socket);
    socket.once("close", () => {
      if (silent.get(name) === socket) silent.delete(name);
    });
    if (silent.size > max) closeOldest(silent);
  });
  server.prependListener("request", ({ socket }: IncomingMessage) => {
    if (heard.has(socket)) return;
    heard.add(socket);
    silent.delete(nameOf(socket));
  });
}

function closeOldest(silent: Map<string, Socket>): void {
  for (const [name, socket] of silent) {
    silent.delete(name);
    socket.destroy();
    return;
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
