import type { Server as HttpServer } from "node:http";
import type { Server } from "node:net";
import { ConfigError } from "#lib/config.ts";
import { portHolder } from "#lib/server/port-holder.ts";

/** Where a listener belongs: its address, port, and the settings that a person would change. */
export interface Place {
  address: string;
  port: number;
  addressSetting: string;
  portSetting: string;
}

/**
 * Starts listening.
 *
 * @throws ConfigError naming the port or address and its setting
 */
export async function listen(server: Server, place: Place): Promise<void> {
  try {
    await listenOnce(server, place.address, place.port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // "::" means every interface; a machine without IPv6 has them all at 0.0.0.0.
    if (place.address === "::" && (code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL")) {
      return listen(server, { ...place, address: "0.0.0.0" });
    }
    throw sentenceFor(code, place) ?? error;
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** What to tell a person; undefined for errors that are none of the settings. */
export function sentenceFor(code: string | undefined, place: Place): ConfigError | undefined {
  switch (code) {
    case "EADDRINUSE": {
      const holder = portHolder(place.port);
      const by = holder === undefined ? "another program" : holder;
      return new ConfigError(
        `Port ${place.port} is taken by ${by}: stop it, or choose another port with ${place.portSetting}.`,
      );
    }
    case "EACCES":
      return new ConfigError(
        `Port ${place.port} may not be opened by this user: choose a port above 1023 with ${place.portSetting}.`,
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "ENOTFOUND":
      return new ConfigError(
        `The address ${place.address} does not belong to this machine: set ${place.addressSetting} to one that does.`,
      );
    default:
      return undefined;
  }
}

/** How often connections that have just become idle are looked for while closing. */
const SWEEP_MS = 50;

/**
 * Takes no new connections, lets open requests end and closes each connection as soon as it is
 * idle; a kept-alive connection would otherwise hold the process.
 */
export async function closeGently(server: HttpServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await closed;
  clearInterval(sweep);
}
