import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { ConfigError } from "#lib/config.ts";
import { closeGently } from "#lib/server/listening.ts";

/** Owner and group: whoever may write to the socket may try tokens. */
const MODE = 0o660;

const SETTING = "COUNTERSIGN_DECISION_SOCKET";

/**
 * Answers decisions on a unix socket, for proxies of the same machine: without TLS, which costs more than a decision,
 * and with their token all the same.
 *
 * @param decides answers a request that is one for it, and says whether it was
 * @returns what ends it
 * @throws ConfigError naming the setting, when the socket cannot be made or another instance has it
 */
export async function listenOnSocket(
  path: string,
  decides: (request: IncomingMessage, response: ServerResponse) => boolean,
  maxHeaderSize: number,
): Promise<() => Promise<void>> {
  if (await isAnswered(path)) {
    throw new ConfigError(`Another program listens on ${path}: choose another path with ${SETTING}.`);
  }
  const server = createServer({ maxHeaderSize, requestTimeout: 30_000, headersTimeout: 10_000 });
  server.on("connection", (socket: Socket) => {
    // A socket of this kind has no address; whoever is at its other end is here.
    Object.defineProperty(socket, "remoteAddress", { value: "localhost" });
  });
  server.on("request", (request, response) => {
    if (!decides(request, response)) response.writeHead(404, { "Content-Length": "0" }).end();
  });
  try {
    removeLeftOver(path);
    // Nobody else may come in between.
    const before = process.umask(0o177);
    const listening = new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(path, resolve);
    });
    process.umask(before);
    await listening;
    chmodSync(path, MODE);
  } catch (error) {
    throw new ConfigError(`No socket can be made at ${path}: look at ${SETTING}.`, { cause: error });
  }
  return () => closeGently(server);
}

/** What a process leaves that was killed; any other file stays, and no socket can be made. */
function removeLeftOver(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
