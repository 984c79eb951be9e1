import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { curl } from "#e2e/fixtures/curl.ts";
import { freePort } from "#e2e/fixtures/free-port.ts";
import { isInstalled } from "#e2e/fixtures/installed.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { type ConnectedProxy, type LogPlane, logPlane } from "#e2e/fixtures/syslog-plane.ts";
import { selfSignedCredential } from "#lib/authority/self-signed-credential.ts";
import { loadConfig } from "#lib/config.ts";
import { shippingConfiguration } from "#lib/handshake/shipping/shipping-configuration.ts";
import type { ShippingSetup } from "#lib/handshake/shipping/shipping-setup.ts";

/** The real rsyslog with exactly the configuration that the console shows. */

let world: LogPlane;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await logPlane();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => world?.close());

const HANDED_OUT = { protocolUrl: "http://localhost:3080", script: "", servers: "" };

/** A line of nginx that tells of a handshake which failed. */
const line = (number: number) =>
  `2026/11/23 10:00:00 [info] 17#17: *${number} client sent no required SSL certificate while reading client request headers, client: 192.0.2.7, server: localhost, request: "GET /${number} HTTP/1.1", host: "localhost"\n`;

async function follow(
  proxy: ConnectedProxy,
  syslog: ShippingSetup["syslog"],
  software: ShippingSetup["software"] = "nginx",
): Promise<{ log: string; said(): string; stop(): Promise<void>; start(): Promise<void> }> {
  const folder = mkdtempSync(join(world.folder, "rsyslog-"));
  const log = join(folder, "error.log");
  const configuration = shippingConfiguration(
    "rsyslog",
    {
      ...{ proxy: proxy.slug, software, planes: [`127.0.0.1:${world.plane.httpsPort}`] },
      ...{ planeName: "localhost", syslog, logs: [log] },
      files: { servers: world.servers, token: proxy.tokenFile, state: folder },
    },
    HANDED_OUT,
  );
  const main = join(folder, "rsyslog.conf");
  const said = join(folder, "said.log");
  // What Debian's own configuration says, but for the messages of this machine.
  writeFileSync(
    main,
    `global(workDirectory="${folder}" shutdown.enable.ctlc="on")\n${configuration?.parts[0]?.text}\nsyslog.* action(type="omfile" file="${said}")\n`,
  );
  const check = spawnSync("rsyslogd", ["-N1", "-f", main], { encoding: "utf8" });
  expect(check.stderr).not.toMatch(/error/i);
  expect(check.status).toBe(0);
  let running: ChildProcess | undefined;
  const start = async () => {
    running = spawn("rsyslogd", ["-n", "-f", main, "-i", join(folder, "pid")], { stdio: "ignore" });
  };
  const stop = async () => {
    if (running === undefined || running.exitCode !== null) return;
    const gone = once(running, "exit");
    running.kill("SIGTERM");
    await gone;
  };
  ends.push(stop);
  await start();
  return { log, said: () => (existsSync(said) ? readFileSync(said, "utf8") : ""), stop, start };
}

/** Listens on a port of ours with a certificate of its own. */
async function imposingServer(port: number) {
  const config = loadConfig({}, process.cwd());
  let heard = "";
  let refuse = () => {};
  const refused = new Promise<void>((resolve) => (refuse = resolve));
  const server = createServer(await selfSignedCredential(config, new Date()), (socket) => {
    socket.on("data", (text) => (heard += text)).on("error", refuse);
    socket.on("close", refuse);
  });
  server.on("tlsClientError", refuse);
  return {
    refused,
    heard: () => heard,
    listen: () => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve)),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const numbers = (lines: readonly string[]) =>
  lines.map((text) => Number(/GET \/(\d+) /.exec(text)?.[1])).sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const hasTls = existsSync("/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so");

describe.skipIf(!isInstalled("rsyslogd"))("rsyslog", () => {
  test("over TCP, lines of a file that is rotated arrive, without the token, also when the port was away", async () => {
    const proxy = await world.connect("edge-tcp", "nginx");
    const { log } = await follow(proxy, { tlsPort: null, plainPort: world.ports.plain });
    appendFileSync(log, line(1) + line(2));
    const lines = await world.arrived(proxy, 2);
    expect(lines.join()).not.toContain("csp_");
    renameSync(log, `${log}.1`);
    appendFileSync(log, line(3));
    await world.arrived(proxy, 3);

    await world.stop();
    for (const number of [4, 5, 6]) appendFileSync(log, line(number));
    await world.start();
    for (const number of [7, 8]) appendFileSync(log, line(number));
    expect(numbers(await world.arrived(proxy, 8))).toEqual(upTo(8));
  });

  test.skipIf(!hasTls)("over TLS, the same, and nothing to a plane with another certificate", async () => {
    const proxy = await world.connect("edge-tls", "nginx");
    const { log, stop, start } = await follow(proxy, { tlsPort: world.ports.tls, plainPort: null });
    appendFileSync(log, line(1) + line(2));
    await world.arrived(proxy, 2);
    await stop();
    appendFileSync(log, line(3));
    await start();
    expect(numbers(await world.arrived(proxy, 3))).toEqual(upTo(3));

    const impostor = await imposingServer(world.ports.tls);
    await world.stop();
    await impostor.listen();
    appendFileSync(log, line(4));
    await impostor.refused;
    await impostor.close();
    await world.start();
    expect(numbers(await world.arrived(proxy, 4))).toEqual(upTo(4));
    expect(impostor.heard()).toBe("");
  });

  test.skipIf(!isInstalled("stunnel"))("the log of a real stunnel that refused a client", async () => {
    const proxy = await world.connect("edge-stunnel", "haproxy");
    const { log } = await follow(proxy, { tlsPort: null, plainPort: world.ports.plain }, "stunnel");
    const port = await freePort();
    const certificate = join(world.folder, "stunnel.pem");
    const configuration = join(world.folder, "stunnel.conf");
    writeFileSync(certificate, world.server.cert + world.server.key, { mode: 0o600 });
    writeFileSync(
      configuration,
      `foreground = yes
pid =
syslog = no
debug = info
output = ${log}
[payments]
accept = 127.0.0.1:${port}
connect = 127.0.0.1:9
cert = ${certificate}
CAfile = ${world.clients}
verifyChain = yes
`,
    );
    const { stop } = await startProxy("stunnel", [configuration], {
      port,
      log: join(world.folder, "said.log"),
    });
    ends.push(stop);
    const { status } = await curl("--cacert", world.servers, `https://localhost:${port}/`);
    expect(status).toBe(0);
    await expect
      .poll(async () => (await world.linesOf(proxy)).join(), { timeout: 60_000, interval: 100 })
      .toMatch(/stunnel.*peer did not return a certificate/s);
  });
});
