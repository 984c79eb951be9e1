import { createSocket, type Socket as Datagrams } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as patience } from "node:timers/promises";
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type Server as TlsServer,
} from "node:tls";
import type { Config } from "#lib/config.ts";
import { log } from "#lib/log.ts";
import { SyslogConnection, type SyslogParts } from "#lib/protocol/syslog-connection.ts";
import { receiveDatagrams } from "#lib/protocol/syslog-datagrams.ts";
import { listen, type Place, sentenceFor } from "#lib/server/listening.ts";

/** Connections of a port together, and those of which nothing has come yet that shows whose they are. */
const CONNECTIONS_MAX = 1_000;
const UNPROVEN_MAX = 200;

/** Whoever is silent may be so for days; the one whose machine is gone is found out so. */
const KEEP_ALIVE_MS = 60_000;

/** At the end: what senders had sent is read so long. */
const FAREWELL_MS = 500;
/** And what was read is stored so soon. */
const END_MS = 3_000;

/** What the kernel holds of datagrams that are not read yet. */
const DATAGRAM_BUFFER = 4 * 1024 * 1024;

/** The ports on which proxies send their logs by syslog; there may be none. */
export interface SyslogPorts {
  /** Takes a new certificate of ours into use. */
  present(credential: SecureContextOptions): void;
  /** @throws ConfigError naming the port and its setting */
  listen(): Promise<void>;
  /** Takes nothing any more, and resolves when what was read is stored. */
  end(): Promise<void>;
}

/** @param credential what the TLS port presents at first */
export function syslogPorts(
  { protocol: { address }, syslog }: Pick<Config, "protocol" | "syslog">,
  credential: SecureContextOptions,
  parts: SyslogParts,
): SyslogPorts {
  /** In the order of their beginning. By address, as a TLS connection has two sockets; null in its handshake. */
  const open = new Map<string, { socket: Socket; connection: SyslogConnection | null }>();
  const begin = (socket: Socket) => {
    const name = nameOf(socket);
    socket.setKeepAlive(true, KEEP_ALIVE_MS).on("error", () => {});
    open.set(name, { socket, connection: null });
    parts.tally.connections = open.size;
    closeOldestUnproven([...open.values()]);
    socket.once("close", () => {
      if (open.get(name)?.socket === socket) open.delete(name);
      parts.tally.connections = open.size;
    });
  };
  /** What was sent may still be read when its connection is closed. */
  const reading = new Set<Promise<void>>();
  const receive = (isTls: boolean) => (socket: Socket) => {
    const place = open.get(nameOf(socket));
    const connection = new SyslogConnection(
      socket.on("error", () => {}),
      isTls,
      parts,
    );
    if (place !== undefined) place.connection = connection;
    const read = connection.read().finally(() => reading.delete(read));
    reading.add(read);
  };
  const tls =
    syslog.tlsPort === null
      ? null
      : createTlsServer(
          {
            ...credential,
            minVersion: "TLSv1.2",
            requestCert: true,
            rejectUnauthorized: false,
            handshakeTimeout: 10_000,
          },
          receive(true),
        );
  const plain = syslog.plainPort === null ? null : createServer(receive(false));
  let datagrams: Datagrams | null = null;
  const servers = [tls, plain].filter((server) => server !== null);
  for (const server of servers) {
    server.maxConnections = CONNECTIONS_MAX;
    server.prependListener("connection", begin);
  }
  const place = (port: number | null, portSetting: string): Place => ({
    ...{ address, port: port ?? 0, portSetting },
    addressSetting: "COUNTERSIGN_PROTOCOL_ADDRESS",
  });

  return {
    present: (changed) => tls?.setSecureContext(changed),
    async listen() {
      if (tls !== null) await listen(tls, place(syslog.tlsPort, "COUNTERSIGN_SYSLOG_PORT"));
      if (plain !== null) await listen(plain, place(syslog.plainPort, "COUNTERSIGN_SYSLOG_PLAIN_PORT"));
      if (syslog.udpPort !== null) {
        datagrams = await bound(place(syslog.udpPort, "COUNTERSIGN_SYSLOG_UDP_PORT"));
        receiveDatagrams(datagrams, parts);
      }
    },
    async end() {
      const closed = servers.filter(({ listening }) => listening).map(closing);
      datagrams?.close();
      datagrams = null;
      // Without TLS only: rsyslog takes the alert that TLS ends with (RFC 5425 §4.4) for a sign of life, and loses a line.
      for (const { socket, connection } of open.values()) if (connection?.isTls === false) socket.end();
      const late = setTimeout(() => {
        for (const { socket } of open.values()) socket.destroy();
      }, FAREWELL_MS);
      await Promise.all(closed);
      clearTimeout(late);
      await Promise.race([Promise.all(reading), patience(END_MS, undefined, { ref: false })]);
      await parts.batches.end(END_MS);
    },
  };
}

function closing(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Of those that have not shown whose they are; whoever has been silent longest is closed. */
function closeOldestUnproven(open: readonly { socket: Socket; connection: SyslogConnection | null }[]): void {
  const unproven = open.filter(({ connection }) => connection?.isProven !== true);
  if (unproven.length > UNPROVEN_MAX) unproven[0]?.socket.destroy();
}

function nameOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${localPort} ${remoteAddress} ${remotePort}`;
}

async function bound(place: Place): Promise<Datagrams> {
  const { address, port } = place;
  const socket = createSocket({
    type: address.includes(":") ? "udp6" : "udp4",
    recvBufferSize: DATAGRAM_BUFFER,
  });
  try {
    socket.bind(port, address);
    await once(socket, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    socket.close();
    // As for TCP, see listening.ts.
    if (address === "::" && (code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL")) {
      return bound({ ...place, address: "0.0.0.0" });
    }
    throw sentenceFor(code, place) ?? error;
  }
  socket.on("error", (error) => log("server").error({ err: error }, "the UDP port of syslog failed"));
  return socket;
}
