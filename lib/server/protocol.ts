import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { Allowlists } from "#lib/access/allowlist/allowlists.ts";
import { AskingProxies } from "#lib/access/asking-proxies.ts";
import { CallerTally } from "#lib/access/caller-tally.ts";
import { settleInterruptedIssuances } from "#lib/access/client-issuance-settle.ts";
import { endedCredentialKeeper } from "#lib/access/credential-end.ts";
import { DecisionCounts } from "#lib/access/decision-counts.ts";
import { recordOutages } from "#lib/access/decision-outage.ts";
import { ProxySightings } from "#lib/access/proxy-sightings.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { trustBundle } from "#lib/authority/authority-read.ts";
import { destroyOldKeys } from "#lib/authority/bulk-keys.ts";
import { settleCancelledRuns } from "#lib/authority/bulk-settle.ts";
import { listenerCredential } from "#lib/authority/listener-credential.ts";
import { OcspTally } from "#lib/authority/ocsp-tally.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { selfSignedCredential } from "#lib/authority/self-signed-credential.ts";
import { threadedIssuer } from "#lib/authority/threaded-issuer.ts";
import { promptDatabase } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import { startIngest } from "#lib/handshake/ingest.ts";
import { endMutes } from "#lib/handshake/mute-end.ts";
import { SyslogBatches } from "#lib/handshake/syslog-batches.ts";
import { flushTokenUse } from "#lib/identity/token-use.ts";
import { keepIdentityTidy } from "#lib/identity/upkeep.ts";
import { claimInstallation, type Installation, installation as openInstallation } from "#lib/installation.ts";
import { closeDeadImports } from "#lib/inventory/import-recovery.ts";
import { log } from "#lib/log.ts";
import { protocolApplication, publicApplication } from "#lib/protocol/application.ts";
import { decisionListener } from "#lib/protocol/decision-listener.ts";
import { exposeDecisions } from "#lib/protocol/decision-metrics.ts";
import { isDecision } from "#lib/protocol/decision-request.ts";
import { exposeIngest } from "#lib/protocol/ingest-metrics.ts";
import { listenerNotAfter, metrics } from "#lib/protocol/metrics.ts";
import { ocspListener } from "#lib/protocol/ocsp-listener.ts";
import { exposeOcsp } from "#lib/protocol/ocsp-metrics.ts";
import { SyslogSenders } from "#lib/protocol/syslog-senders.ts";
import { SyslogTally } from "#lib/protocol/syslog-tally.ts";
import { trustedProxies } from "#lib/server/caller-headers.ts";
import { type Chores, doChores } from "#lib/server/chores.ts";
import { publishCrlsFromNow } from "#lib/server/crl-care.ts";
import { listenOnSocket } from "#lib/server/decision-socket.ts";
import { followForeignCrls } from "#lib/server/foreign-crl-care.ts";
import { forgetFromNow } from "#lib/server/forgetting.ts";
import { closeGently, listen } from "#lib/server/listening.ts";
import { keepOcspResponders } from "#lib/server/ocsp-upkeep.ts";
import { protocolPlaces } from "#lib/server/places.ts";
import { runPlane } from "#lib/server/plane.ts";
import { boundSilentConnections, CONNECTION_CHECK_MS } from "#lib/server/silent-connections.ts";
import { syslogPorts } from "#lib/server/syslog-ports.ts";
import { boundUnreadAnswers, UNDER_WAY_MAX } from "#lib/server/unread-answers.ts";

/** The protocol plane: what proxies, services and programs talk to. Started by main.ts, or alone. */

/** Certificates to import may be 100 MB; everything else is small and quick. */
const REQUEST_MS = 300_000;

/** A connection on which nothing moves; an import that is being read may take longer (import-routes.ts). */
const IDLE_MS = 120_000;

/** On the open port: whoever does not read what it asked for keeps a whole list in memory. A slow link moves sooner. */
const PUBLIC_IDLE_MS = 60_000;

/** How often our own certificate and what dead processes left are looked after. */
const CARE_EVERY_MS = 15_000;

/** How often what is over in identity is forgotten, and keys that nobody fetched are destroyed. */
const TIDY_EVERY_MS = 300_000;

/** The self-signed certificate lives a day; it is made anew well before. */
const SELF_SIGNED_MS = 12 * 3_600_000;

/** Before set-up is finished: whoever just finished it should not wait for the port to be ours. */
const CARE_BEFORE_SETUP_MS = 1_000;

/** An ML-DSA certificate in a header is 8 KB, Node's own limit for all headers 16 KB. */
const HEADER_BYTES_MAX = 65_536;

/** The authorities of clients, or null while there are none. */
async function clientBundle(installation: Installation): Promise<string | null> {
  try {
    return await trustBundle(installation, "clients");
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return null;
    throw error;
  }
}

await runPlane("protocol", async () => {
  const installation = openInstallation();
  await claimInstallation(installation);
  const issuer = threadedIssuer();
  const context = { installation, issuer };

  let selfSigned = await selfSignedCredential(installation.config, installation.clock.now());
  let shown = "";

  const tally = new OcspTally();
  exposeOcsp(metrics, tally, installation);
  const answersOcsp = ocspListener(installation, tally);
  const behindOcsp =
    (others: ReturnType<typeof getRequestListener>): RequestListener =>
    (request, response) => {
      if (!answersOcsp(request, response)) void others(request, response);
    };
  // Nothing that takes longer, and no connection that others found silent, may keep it from following.
  const followed = promptDatabase(installation.database);
  const access = new AccessSnapshot(
    { ...installation, database: followed },
    installation.config.decisionMaxAgeSeconds * 1000,
  );
  const use = new UseTally(installation);
  const callers = new CallerTally(installation);
  const sightings = new ProxySightings(installation);
  const proxies = new AskingProxies(installation, access, sightings);
  const allowlists = new Allowlists(installation, issuer, access, proxies);
  const counts = new DecisionCounts();
  recordOutages(installation, access, counts);
  const decisions = { access, use, counts };
  exposeDecisions(metrics, decisions, installation);
  const ingest = startIngest(installation);
  exposeIngest(metrics, ingest);
  const decides = decisionListener(installation, access, proxies, { use, callers, counts });

  const http = createHttpServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      connectionsCheckingInterval: CONNECTION_CHECK_MS,
    },
    behindOcsp(getRequestListener(publicApplication({ ...context, decisions }).fetch)),
  );
  const answersOthers = behindOcsp(
    getRequestListener(protocolApplication({ ...context, decisions, allowlists, use, ingest }).fetch),
  );
  const https = createHttpsServer(
    {
      // Before set-up there is no authority; our own replaces this as soon as there is one.
      ...selfSigned,
      minVersion: "TLSv1.2",
      // A client certificate is welcome and never required here: tokens do as well.
      requestCert: true,
      rejectUnauthorized: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: REQUEST_MS,
      headersTimeout: 10_000,
      handshakeTimeout: 10_000,
      connectionsCheckingInterval: CONNECTION_CHECK_MS,
    },
    (request, response) => {
      if (!decides(request, response)) answersOthers(request, response);
    },
  );
  const syslogTally = new SyslogTally();
  syslogTally.expose(metrics);
  const syslog = syslogPorts(installation.config, selfSigned, {
    senders: new SyslogSenders(access, proxies, sightings, trustedProxies(installation.config.syslog.ranges)),
    batches: new SyslogBatches(ingest, (_, lines, reason) => syslogTally.lost(lines, reason)),
    tally: syslogTally,
  });
  boundUnreadAnswers(http, PUBLIC_IDLE_MS);
  boundUnreadAnswers(https, IDLE_MS, UNDER_WAY_MAX, ({ url = "" }) => isDecision(url));
  boundSilentConnections(http);
  boundSilentConnections(https);

  let tidyAt = performance.now();
  const chores: Chores = {
    "closing abandoned reservations": () => closeAbandonedReservations(installation),
    "closing dead imports": () => closeDeadImports(installation),
    "settling cancelled runs": () => settleCancelledRuns(installation),
    "settling interrupted issuances": () => settleInterruptedIssuances(installation),
    "revoking what ended credentials take along": endedCredentialKeeper(installation),
    "ending mutes of failures": () => endMutes(installation),
    "tidying identity and keys": async () => {
      if (tidyAt > performance.now()) return;
      await keepIdentityTidy(installation);
      await destroyOldKeys(installation);
      tidyAt = performance.now() + TIDY_EVERY_MS;
    },
  };
  let madeAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const care = async () => {
    let isOwn = false;
    await doChores(chores);
    try {
      const own = await listenerCredential(installation, issuer, "protocol").catch((error: unknown) => {
        log("server").error({ err: error }, "our authority gives the https port no certificate");
        return null;
      });
      isOwn = own !== null;
      if (performance.now() - madeAt > SELF_SIGNED_MS) {
        selfSigned = await selfSignedCredential(installation.config, installation.clock.now());
        madeAt = performance.now();
      }
      const presented = own === null ? selfSigned : { key: own.key, cert: own.certificateChain };
      const clients = (await clientBundle(installation)) ?? "";
      if (presented.cert + clients !== shown) {
        const context = {
          ...presented,
          // Without a bundle nobody's certificate is verified: the system's authorities are not ours.
          ca: clients === "" ? [] : clients,
          minVersion: "TLSv1.2" as const,
        };
        https.setSecureContext(context);
        syslog.present(context);
        shown = presented.cert + clients;
        if (own !== null) listenerNotAfter.set(own.notAfter.getTime() / 1000);
      }
    } catch (error) {
      log("server").error({ err: error }, "looking after our own certificate failed; trying again soon");
    }
    if (!ended) timer = setTimeout(() => void care(), isOwn ? CARE_EVERY_MS : CARE_BEFORE_SETUP_MS);
  };
  await care();
  await access.start();
  allowlists.start();
  const crls = await publishCrlsFromNow(installation);
  const stopOcsp = keepOcspResponders(installation, tally);
  const stopForeign = followForeignCrls(installation);
  const stopForgetting = forgetFromNow(installation);

  const places = protocolPlaces(installation.config);
  await listen(http, places.http);
  await syslog.listen();
  await listen(https, places.https);
  const { decisionSocket } = installation.config;
  const endSocket =
    decisionSocket === null ? null : await listenOnSocket(decisionSocket, decides, HEADER_BYTES_MAX);

  return async () => {
    ended = true;
    clearTimeout(timer);
    await allowlists.endWaiting();
    await Promise.all([
      closeGently(http),
      closeGently(https),
      endSocket?.(),
      syslog.end(),
      stopOcsp(),
      crls.end(),
      stopForeign(),
      stopForgetting(),
      access.end(),
    ]);
    await ingest.close();
    await use.end();
    await callers.end();
    await sightings.end();
    await allowlists.end();
    await issuer.close();
    await flushTokenUse(installation);
    for (const database of new Set([followed, installation.database])) await database.close();
  };
});
