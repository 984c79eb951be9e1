import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { TLSSocket } from "node:tls";
import type { Config } from "#lib/config.ts";
import { claimInstallation, type Installation, installation as openInstallation } from "#lib/installation.ts";
import { stateCaller, trustedProxies } from "#lib/server/caller-headers.ts";
import { closeGently, listen } from "#lib/server/listening.ts";
import { consolePlace } from "#lib/server/places.ts";
import { runPlane } from "#lib/server/plane.ts";
import { standBack } from "#lib/server/stand-back.ts";

/** The console: Next behind a listener of our own. Started by main.ts, or alone. */

/** Bounds on what a slow or hostile caller can hold. */
const BOUNDS = {
  headersTimeout: 10_000,
  // Certificates to import, 100 MB of them over 3 Mbit/s; who sends nothing is let go by IDLE_MS.
  requestTimeout: 300_000,
  // Longer than the usual 60 s of reverse proxies, else they reuse a connection that is closing.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};
/** A connection on which nothing moves, in either direction. */
const IDLE_MS = 120_000;
const CONNECTIONS_MAX = 2_000;

await runPlane("console", async () => {
  // Started alone; the supervisor has seen to it before.
  standBack();
  const installation = openInstallation();
  await claimInstallation(installation);
  const next = await prepareNext(installation);
  const { server, end } = await serverFor(installation, listenerFor(installation.config, next.handle));
  server.maxConnections = CONNECTIONS_MAX;
  server.setTimeout(IDLE_MS);
  await listen(server, consolePlace(installation.config));

  return async () => {
    await closeGently(server);
    await end();
    await next.close();
    await installation.database.close();
  };
});

async function prepareNext({ config, masterKey }: Installation) {
  Object.assign(process.env, {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    // Derived, so that every instance can open what another's page carried to the browser.
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.from(masterKey.derive("server-actions")).toString("base64"),
    // next.config.ts reads it: a setting of this start, not of the build.
    COUNTERSIGN_ALLOWED_ORIGIN: new URL(config.publicUrl).host,
  });

  const { default: createNext } = await import("next");
  const { hostname, port, protocol } = new URL(config.publicUrl);
  // The URL that pages see as their own, whatever the Host header says.
  const own = { hostname, port: Number(port) || (protocol === "https:" ? 443 : 80) };
  const next = createNext({ dev: false, dir: config.root, quiet: true, ...own });
  await next.prepare();
  // Next only logs these, but nobody knows what state is left; the supervisor starts afresh.
  process.on("uncaughtException", () => process.exit(1));
  return { handle: next.getRequestHandler(), close: () => next.close() };
}

function listenerFor(config: Config, handle: RequestListener): RequestListener {
  const isTrusted = trustedProxies(config.trustedProxies);
  return (request, response) => {
    const encrypted = (request.socket as Partial<TLSSocket>).encrypted === true;
    stateCaller(request.headers, { peer: request.socket.remoteAddress ?? "", encrypted }, isTrusted);
    handle(request, response);
  };
}

/** Plain http on loopback or behind a proxy; elsewhere https with a certificate of our own. */
async function serverFor(
  installation: Installation,
  listener: RequestListener,
): Promise<{ server: Server; end: () => Promise<void> }> {
  if (!installation.config.console.https) {
    return { server: createHttpServer(BOUNDS, listener), end: async () => {} };
  }
  // Loaded only where needed: the start on loopback is the one that people wait for.
  const { firstCredential, keepPresenting } = await import("#lib/server/console-tls.ts");
  const options = { ...BOUNDS, minVersion: "TLSv1.2" as const, handshakeTimeout: 10_000 };
  const server = createHttpsServer({ ...options, ...(await firstCredential(installation)) }, listener);
  return { server: server as unknown as Server, end: keepPresenting(installation, server) };
}
