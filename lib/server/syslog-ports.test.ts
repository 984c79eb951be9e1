import { createSocket } from "node:dgram";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { freePort } from "#e2e/fixtures/free-port.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { KnownProxies, type KnownProxy } from "#lib/access/known-proxies.ts";
import { selfSignedCredential } from "#lib/authority/self-signed-credential.ts";
import { loadConfig } from "#lib/config.ts";
import { SyslogBatches } from "#lib/handshake/syslog-batches.ts";
import { SYSLOG_PARAMETER_ID } from "#lib/handshake/syslog-sender.ts";
import { makeToken, tokenHash } from "#lib/identity/api-token-format.ts";
import { SyslogConnection } from "#lib/protocol/syslog-connection.ts";
import { SyslogSenders } from "#lib/protocol/syslog-senders.ts";
import { SyslogTally } from "#lib/protocol/syslog-tally.ts";
import { syslogPorts } from "./syslog-ports.ts";

const TOKEN = makeToken("csp_");
const STRANGER = makeToken("csp_");
const proxy: KnownProxy = {
  ...{ id: "01edge", slug: "edge", kind: "haproxy", header: "x-client-cert-der" },
  services: new Set<string>(),
};
const known = new KnownProxies([{ proxy, tokenHash: tokenHash(TOKEN), certificateSha256: null }]);

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Ports whose lines are remembered. */
async function started() {
  const [tlsPort, plainPort, udpPort] = [await freePort(), await freePort(), await freePort()];
  const config = loadConfig(
    {
      COUNTERSIGN_PROTOCOL_ADDRESS: "127.0.0.1",
      COUNTERSIGN_SYSLOG_PORT: String(tlsPort),
      COUNTERSIGN_SYSLOG_PLAIN_PORT: String(plainPort),
      COUNTERSIGN_SYSLOG_UDP_PORT: String(udpPort),
    },
    process.cwd(),
  );
  const lines: string[] = [];
  const store = { goesOn: Promise.resolve() };
  const batches = new SyslogBatches(
    {
      async take({ proxyId, body }) {
        await store.goesOn;
        for (const line of new TextDecoder().decode(body).split("\n").slice(0, -1))
          lines.push(`${proxyId} ${line}`);
        return { taken: 0, matched: 0, ignored: 0, notUnderstood: 0, repeated: false, misfit: null, cut: 0 };
      },
    },
    () => {},
  );
  const tally = new SyslogTally();
  const refused = vi.spyOn(tally, "refused").mockImplementation(() => {});
  const ground = { proxies: known as KnownProxies | null, certified: null as KnownProxy | null };
  const senders = new SyslogSenders(
    ground,
    { ofConnection: async () => ground.certified },
    { note() {} },
    () => false,
  );
  const ports = syslogPorts(config, await selfSignedCredential(config, new Date()), {
    senders,
    batches,
    tally,
  });
  await ports.listen();
  ends.push(() => ports.end());
  return { tlsPort, plainPort, udpPort, lines, store, refused, tally, ground, batches, ports };
}

const plain = (port: number) => connect(port, "127.0.0.1").on("error", () => {});
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => socket.once("close", () => resolve()).resume());
const arrived = (lines: string[], count: number) =>
  vi.waitFor(() => expect(lines).toHaveLength(count), 10_000);
const marked = (message: string, token = TOKEN) =>
  `<134>1 - edge-host haproxy 7 - [${SYSLOG_PARAMETER_ID} token="${token}"] ${message}`;
const counted = (message: string) => `${Buffer.byteLength(message)} ${message}`;

test("a token in the structured data names the proxy, is taken out, and counts for the connection", async () => {
  const { plainPort, lines } = await started();
  const socket = plain(plainPort);
  // It tells of its start before.
  socket.write("<133>May  9 11:59:58 elsewhere[7]: Proxy fe started.\n");
  socket.write(`${marked("one")}\n${counted(marked("two\nlines"))}<133>May  9 11:59:59 other: three\n`);
  await arrived(lines, 4);
  expect(lines).toEqual([
    "01edge <133>May  9 11:59:58 elsewhere[7]: Proxy fe started.",
    "01edge <134>1 - edge-host haproxy 7 - - one",
    "01edge <134>1 - edge-host haproxy 7 - - two lines",
    "01edge <133>May  9 11:59:59 other: three",
  ]);
  socket.end();
});

test("from this machine the short name of the proxy counts without TLS, as host or as application", async () => {
  const { plainPort, tlsPort, lines, refused } = await started();
  const socket = plain(plainPort);
  socket.write("<134>May  9 11:59:58 edge haproxy[7]: one\n<134>May  9 11:59:58 edge[7]: two\n");
  socket.write("<134>May  9 11:59:58 another[7]: three\n");
  await arrived(lines, 2);
  await vi.waitFor(() => expect(refused).toHaveBeenCalledWith(1, "127.0.0.1"), 10_000);
  socket.end();
  const other = connectTls({ port: tlsPort, rejectUnauthorized: false });
  other.end("<134>May  9 11:59:58 edge haproxy[7]: four\n");
  await closed(other);
  await vi.waitFor(() => expect(refused).toHaveBeenCalledTimes(2), 10_000);
  expect(lines).toHaveLength(2);
});

test("a certificate names the proxy of a connection over TLS, until it does not count any more", async () => {
  const { tlsPort, lines, ground, refused } = await started();
  ground.certified = proxy;
  const socket = connectTls({ port: tlsPort, rejectUnauthorized: false }).on("error", () => {});
  socket.write("<134>May  9 11:59:58 any: one\nnothing of syslog\n");
  await arrived(lines, 2);
  expect(lines[1]).toBe("01edge <13>1 - - - - - - nothing of syslog");
  ground.certified = null;
  socket.write("<134>May  9 11:59:58 any: two\n");
  await closed(socket);
  expect(refused).toHaveBeenCalledWith(1, "127.0.0.1");
  expect(lines).toHaveLength(2);
});

test("whoever has a wrong token is refused, and so is who never shows any", async () => {
  const { plainPort, lines, refused, ground } = await started();
  const wrong = plain(plainPort);
  wrong.write(`${marked("one", STRANGER)}\n${marked("two")}\n`);
  await closed(wrong);
  expect(refused).toHaveBeenCalledWith(2, "127.0.0.1");
  const silent = plain(plainPort);
  silent.write("<134>May  9 11:59:58 nobody: one\n".repeat(1_000));
  await closed(silent);
  expect(refused.mock.calls.reduce((sum, [count]) => sum + count, 0)).toBeGreaterThan(64);

  const retired = plain(plainPort);
  retired.write(`${marked("three")}\n`);
  await arrived(lines, 1);
  ground.proxies = new KnownProxies([]);
  retired.write("<134>May  9 11:59:58 any: four\n");
  await closed(retired);
  expect(lines).toHaveLength(1);
});

test("lines that were read while nobody could say whose they are count as lost", async () => {
  const { plainPort, tally, ground, lines } = await started();
  const lost = vi.spyOn(tally, "lost").mockImplementation(() => {});
  ground.proxies = null;
  const socket = plain(plainPort);
  socket.write(`${marked("one")}\n${marked("two")}\n`);
  await closed(socket);
  expect(lost).toHaveBeenCalledWith(2, expect.anything());
  expect(lines).toEqual([]);
});

test("nothing is read faster than it is stored", async () => {
  const { plainPort, lines, store, ports } = await started();
  let goOn = () => {};
  store.goesOn = new Promise((resolve) => (goOn = resolve));
  const socket = plain(plainPort);
  const line = `${marked("x".repeat(1_000))}\n`;
  const count = 40_000;
  socket.write(line.repeat(count));
  await sleep(1_000);
  // What the kernel does not hold is still with the sender.
  expect(socket.bytesWritten - socket.writableLength).toBeLessThan(count * line.length);
  expect(socket.writableLength).toBeGreaterThan(count * line.length * 0.5);
  goOn();
  await arrived(lines, count);
  socket.end();
  await closed(socket);
  await ports.end();
});

test("at the end what was sent before is read and stored", async () => {
  const { plainPort, lines, ports } = await started();
  const socket = plain(plainPort);
  socket.write(`${marked("one")}\n`);
  await arrived(lines, 1);
  socket.write(`${`${marked("more")}\n`.repeat(500)}`);
  await ports.end();
  expect(lines).toHaveLength(501);
  expect(await new Promise((resolve) => plain(plainPort).once("close", resolve))).toBe(true);
});

test("a connection that ends in the middle of a message: the sender has it still", async () => {
  const { plainPort, lines } = await started();
  const socket = plain(plainPort);
  socket.end(`${marked("one")}\n${marked("two")}`);
  await arrived(lines, 2);
  const cut = plain(plainPort);
  cut.end(`${counted(marked("three"))}500 ${marked("four")}`);
  await arrived(lines, 3);
});

test("datagrams say each whose they are", async () => {
  const { udpPort, lines, refused } = await started();
  const socket = createSocket("udp4");
  ends.push(async () => socket.close());
  const send = (text: string) => socket.send(text, udpPort, "127.0.0.1");
  send(marked("one"));
  send("<134>May  9 11:59:58 edge haproxy[7]: two\n");
  send("<134>May  9 11:59:58 haproxy[7]: three");
  send(marked("four", STRANGER));
  send("");
  await arrived(lines, 2);
  await vi.waitFor(() => expect(refused).toHaveBeenCalledTimes(2), 10_000);
  expect(lines[1]).toBe("01edge <134>May  9 11:59:58 edge haproxy[7]: two");
});

test("connections that do not even finish their handshake are bounded, too", async () => {
  const { tlsPort, lines, ground } = await started();
  const silent: Socket[] = [];
  for (let count = 0; count < 230; count++) {
    const socket = plain(tlsPort);
    silent.push(socket);
    await new Promise((resolve) => socket.once("connect", resolve));
  }
  await vi.waitFor(() => expect(silent.slice(0, 30).every(({ closed }) => closed)).toBe(true), 10_000);
  ground.certified = proxy;
  const socket = connectTls({ port: tlsPort, rejectUnauthorized: false });
  socket.write("<134>May  9 11:59:58 any: one\n");
  await arrived(lines, 1);
  socket.destroy();
  for (const each of silent) each.destroy();
});

test("a message that does not come to its end ends the connection, however it trickles", async () => {
  const { ports, tally, batches, lines } = await started();
  const ended: number[] = [];
  const server = createServer((socket) => {
    const senders = new SyslogSenders(
      { proxies: known },
      { ofConnection: async () => null },
      { note() {} },
      () => false,
    );
    const began = performance.now();
    socket.on("error", () => {}).once("close", () => ended.push(performance.now() - began));
    void new SyslogConnection(socket, false, { senders, batches, tally }, 1_000).read();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const [trickling, silent] = [plain(port), plain(port)];
  trickling.write("500 <134>1");
  const timer = setInterval(() => trickling.write("x"), 100);
  await closed(trickling);
  clearInterval(timer);
  await vi.waitFor(() => expect(ended[0]).toBeGreaterThan(900), 10_000);
  // Between two messages it may take as long as it likes.
  silent.write(`${marked("one")}\n`);
  await arrived(lines, 1);
  await sleep(1_500);
  expect(silent.closed).toBe(false);
  silent.destroy();
  await new Promise((resolve) => server.close(resolve));
  await ports.end();
});

test("whatever bytes come, the lines of others arrive", async () => {
  const { plainPort, udpPort, lines } = await started();
  const datagrams = createSocket("udp4");
  ends.push(async () => datagrams.close());
  const piece = fc.oneof(
    fc.constantFrom(
      "9 <",
      "3 ",
      "\n",
      "<134>",
      "1 - - - - - ",
      `[${SYSLOG_PARAMETER_ID} token="`,
      '"]',
      TOKEN,
      STRANGER,
    ),
    fc.string({ unit: "binary", maxLength: 200 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const before = lines.length;
      const noise = plain(plainPort);
      for (const each of pieces) noise.write(each);
      datagrams.send(pieces.join(""), udpPort, "127.0.0.1");
      noise.end();
      const socket = plain(plainPort);
      const last = marked(`last ${before}`);
      socket.end(`${last}\n`);
      await vi.waitFor(() => expect(lines.some((line) => line.endsWith(` last ${before}`))).toBe(true), {
        timeout: 10_000,
        interval: 5,
      });
      expect(lines.join("\n")).not.toContain(TOKEN);
      lines.push(`run ${before}`);
    }),
    { numRuns: Math.ceil(FUZZ_RUNS / 20), seed: SEED },
  );
}, 600_000);

test("connections that show nothing are bounded; the one that has been silent longest is closed", async () => {
  const { plainPort, tally } = await started();
  const silent: Socket[] = [];
  for (let count = 0; count < 230; count++) {
    const socket = plain(plainPort);
    silent.push(socket);
    await new Promise((resolve) => socket.once("connect", resolve));
  }
  await vi.waitFor(() => expect(tally.connections).toBe(200), 10_000);
  await vi.waitFor(() => expect(silent.slice(0, 30).every(({ closed }) => closed)).toBe(true), 10_000);
  expect(silent.slice(30).some(({ closed }) => closed)).toBe(false);
  for (const socket of silent) socket.destroy();
});
