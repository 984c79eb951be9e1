import type { UserActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import { openDriver } from "#lib/driver.ts";
import { muteFailure } from "#lib/handshake/failure-change.ts";
import { listFailures } from "#lib/handshake/failure-list.ts";
import { QUIET_MS } from "#lib/handshake/held-lines.ts";
import { ProxyLane } from "#lib/handshake/proxy-lane.ts";
import type { Installation } from "#lib/installation.ts";
import { DOMAIN } from "#lib/server/demo-services.ts";

/** As the logs of the demo's proxies name a certificate. */
interface Named {
  serial: string;
  sha1: string;
  subject: string;
  issuer: string;
}

const HOUR_DAYS = 1 / 24;

/**
 * What the logs of the demo's proxies told in the last days: lines as the proxies write them, taken in like any others.
 *
 * @param installation its clock says when it happens
 */
export function demoFailures(installation: Installation, operator: UserActor) {
  const named = async (name: string): Promise<Named> => {
    const { serial, sha1, subject, issuerName } =
      await installation.database.read.certificate.findFirstOrThrow({
        where: { displayName: { in: [name, `${name}.${DOMAIN}`] }, status: "issued" },
        orderBy: { createdAt: "desc" },
        select: { serial: true, sha1: true, subject: true, issuerName: true },
      });
    return { serial: serial.toUpperCase(), sha1: sha1 ?? "", subject, issuer: issuerName };
  };

  /** Substations by the end of their certificates: one that was forgotten, or those that have some time left. */
  const substations = async (end: { lt: Date } | { gt: Date }): Promise<string[]> => {
    const rows = await installation.database.read.certificate.findMany({
      where: {
        ...{ displayName: { startsWith: "substation-" }, status: "issued", replacedBy: { none: {} } },
        ...{ notAfter: end, revocation: null },
      },
      orderBy: { notAfter: "desc" },
      select: { displayName: true },
      take: 5,
    });
    return rows.map(({ displayName }) => displayName);
  };
  const inDays = (days: number) => addSeconds(installation.clock.now(), days * 86_400);

  let batches = 0;
  /** Takes lines in, and what waits for further ones. */
  const send = async (proxy: string, lines: readonly string[]) => {
    const { id } = await installation.database.read.proxy.findUniqueOrThrow({ where: { slug: proxy } });
    const connection = await openDriver(installation.config.database);
    try {
      let later = 0;
      const now = () => installation.clock.now().getTime() + later;
      const lane = new ProxyLane({ database: installation.database, connection, now }, id);
      await lane.take(`demo-${++batches}`, lines);
      later = QUIET_MS;
      await lane.settle();
    } finally {
      await connection.close();
    }
  };

  let connections = 40_000;
  const peer = (last: number) => ({ address: `192.0.2.${last}`, port: 30_000 + (connections % 20_000) });
  const nginxTime = () =>
    installation.clock.now().toISOString().slice(0, 19).replace("T", " ").replaceAll("-", "/");

  /** nginx refuses a certificate, in both of its logs. */
  const nginxRefuses = async (host: string, name: string, last: number, error: string) => {
    const who = await named(name);
    const connection = ++connections;
    const { address, port } = peer(last);
    await send("edge-1", [
      `${nginxTime()} [info] 712#712: *${connection} client SSL certificate verify error: (${error}) while reading client request headers, client: ${address}, server: ${host}, request: "POST /v1/charges HTTP/1.1", host: "${host}"`,
      nginxRequest(host, {
        connection,
        address,
        port,
        status: 400,
        verify: `FAILED:${error.split(":")[1]}`,
        who,
      }),
    ]);
  };

  const nginxRequest = (
    host: string,
    of: {
      connection: number;
      address: string;
      port: number;
      status: number;
      verify: string;
      who: Named | null;
    },
  ) =>
    JSON.stringify({
      ...{ time: installation.clock.now().toISOString(), connection: String(of.connection) },
      ...{ remote_addr: of.address, remote_port: String(of.port), server_port: "443", server_name: host },
      ...{ ssl_server_name: host, host, request: "POST /v1/charges HTTP/1.1", status: String(of.status) },
      ...{ ssl_protocol: "TLSv1.3", ssl_cipher: "TLS_AES_256_GCM_SHA384", ssl_client_verify: of.verify },
      ...{ ssl_client_s_dn: of.who?.subject ?? "", ssl_client_i_dn: of.who?.issuer ?? "" },
      ...{ ssl_client_serial: of.who?.serial ?? "", ssl_client_fingerprint: of.who?.sha1 ?? "" },
    });

  const nginxAdmits = async (host: string, name: string, last: number) => {
    const { address, port } = peer(last);
    const of = { connection: ++connections, address, port, status: 200, verify: "SUCCESS" };
    await send("edge-1", [nginxRequest(host, { ...of, who: await named(name) })]);
  };

  const nginxGetsNone = (host: string, last: number) =>
    send("edge-1", [
      `${nginxTime()} [info] 712#712: *${++connections} client sent no required SSL certificate while reading client request headers, client: 198.51.100.${last}, server: ${host}, request: "GET / HTTP/1.1", host: "${host}"`,
    ]);

  /** HAProxy's CRL file is over: it refuses whoever comes. */
  const haproxyRefuses = async (name: string, last: number) => {
    const { serial, sha1, subject, issuer } = await named(name);
    const { address, port } = peer(last);
    connections++;
    const at = installation.clock.now().toUTCString();
    const [, day = "", month = "", year = "", time = ""] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at) ?? [];
    await send("grid-edge", [
      `${address}:${port} [${day}/${month}/${year}:${time}.217] meters~ 3/3 fc_err=31 fc_err_str="SSL client certificate not trusted" ssl_fc_err=000000000A000086 ssl_fc_err_str="error:0A000086:SSL routines::certificate verify failed" ssl_c_used=1 ssl_c_err=12 ssl_c_ca_err=0 ssl_c_ca_err_depth=0 sni="metering.${DOMAIN}" alpn="" ver=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 resumed=0 s_dn="${slashed(subject)}" i_dn="${slashed(issuer)}" serial=${serial} sha1=${sha1.toUpperCase()}`,
    ]);
  };

  /** Caddy at its default level tells a stranger's handshake by one word. */
  const caddyRefuses = (last: number) =>
    send("mesh", [
      JSON.stringify({
        ...{ level: "debug", ts: installation.clock.now().getTime() / 1000, logger: "http.stdlib" },
        msg: `http: TLS handshake error from 203.0.113.${last}:${30_000 + (++connections % 20_000)}: tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      }),
    ]);

  const hoursAgo = (hours: number, run: () => Promise<unknown>) => ({ daysAgo: hours * HOUR_DAYS, run });
  const every = (hours: number, from: number, run: (place: number) => Promise<unknown>) =>
    Array.from({ length: Math.floor(from / hours) }, (_, place) =>
      hoursAgo(from - place * hours, () => run(place)),
    );
  const payments = `payments.${DOMAIN}`;
  return [
    ...every(0.5, 30, async () => {
      const [forgotten = ""] = await substations({ lt: inDays(-2) });
      await nginxRefuses(`metering.${DOMAIN}`, forgotten, 71, "10:certificate has expired");
    }),
    ...every(2.5, 70, (place) => nginxGetsNone(payments, 20 + (place % 4))),
    ...every(5, 60, (place) => caddyRefuses(14 + (place % 2))),
    ...every(0.05, 0.7, async (place) => {
      const names = await substations({ gt: inDays(7) });
      await haproxyRefuses(names[place % names.length] ?? "", 101 + (place % names.length));
    }),
    // Over again: a handshake of it went well.
    ...every(0.2, 1, () => nginxRefuses(payments, "billing-worker", 64, "12:CRL has expired")).map(
      ({ daysAgo, run }) => ({ daysAgo: daysAgo + 26 * HOUR_DAYS, run }),
    ),
    hoursAgo(25.7, () => nginxAdmits(payments, "billing-worker", 64)),
    hoursAgo(12, async () => {
      const cause = "client-certificate-missing";
      const { failures } = await listFailures(installation, operator, { state: "open", cause, limit: 10 });
      for (const { id } of failures) {
        await muteFailure(installation, operator, id, { untilWorse: true });
      }
    }),
  ];
}

/** A name as HAProxy writes it, the root first. */
function slashed(name: string): string {
  return name
    .split(/(?<!\\),/)
    .toReversed()
    .map((part) => `/${part}`)
    .join("");
}
