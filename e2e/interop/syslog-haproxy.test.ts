import { X509Certificate } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { curl } from "#e2e/fixtures/curl.ts";
import { freePort } from "#e2e/fixtures/free-port.ts";
import { isInstalled } from "#e2e/fixtures/installed.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { type ConnectedProxy, type LogPlane, logPlane } from "#e2e/fixtures/syslog-plane.ts";
import { SYSLOG_PARAMETER_ID } from "#lib/handshake/syslog-sender.ts";
import { haproxyErrors } from "#lib/handshake/telling-logs.ts";

/** The real HAProxy sends its log itself: each way that it knows, and each way to say whose it is. */

let world: LogPlane;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await logPlane();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => world?.close());

/**
 * HAProxy that demands a client's certificate.
 *
 * @param global lines of its section global
 * @param front lines of its frontend
 * @param sections further sections
 * @returns calls it without a certificate, which it refuses
 */
async function haproxy(global: string, front = "", sections = "", files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(world.folder, "haproxy-"));
  for (const [name, text] of Object.entries({ ...files, "server.pem": world.server.cert + world.server.key }))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  const port = await freePort();
  writeFileSync(
    join(folder, "haproxy.cfg"),
    `global
  ${global.replaceAll("FOLDER", folder)}
defaults
  log global
  mode http
  timeout connect 3s
  timeout client 10s
  timeout server 5s
frontend strict
  bind 127.0.0.1:${port} ssl crt ${folder}/server.pem ca-file ${world.clients} verify required
  ${haproxyErrors}
  ${front}
  http-request return status 200
${sections.replaceAll("FOLDER", folder)}
`,
  );
  const { stop } = await startProxy("haproxy", ["-f", join(folder, "haproxy.cfg")], {
    port,
    log: join(folder, "said.log"),
  });
  ends.push(stop);
  return async () => {
    const { status } = await curl("--cacert", world.servers, `https://localhost:${port}/`);
    expect(status).toBe(0);
  };
}

/** Waits until so many calls were told of. Another connection is that of the test which looks whether it listens. */
async function refusals(proxy: ConnectedProxy, count: number): Promise<string[]> {
  const told = async () =>
    (await world.linesOf(proxy)).filter((lines) => lines.includes("peer did not return"));
  await expect.poll(async () => (await told()).length, { timeout: 60_000, interval: 100 }).toBe(count);
  return told();
}

const ring = (server: string, format: string) => `ring plane
  format ${format}
  maxlen 8192
  size 1048576
  timeout connect 5s
  timeout server 10s
  server plane ${server} log-proto octet-count
`;

describe.skipIf(!isInstalled("haproxy"))("HAProxy", () => {
  test("over TCP by a ring, with its token in the structured data", async () => {
    const proxy = await world.connect("edge-ring", "haproxy");
    const call = await haproxy(
      "log ring@plane len 8192 format rfc5424 local0 info",
      `log-format-sd '[${SYSLOG_PARAMETER_ID} token="${proxy.token}"]'`,
      ring(`127.0.0.1:${world.ports.plain}`, "rfc5424"),
    );
    await call();
    await call();
    const lines = await refusals(proxy, 2);
    expect(lines.join()).not.toContain("csp_");
  });

  test("over TLS by a ring, with its token", async () => {
    const proxy = await world.connect("edge-tls", "haproxy");
    const call = await haproxy(
      "log ring@plane len 8192 format rfc5424 local0 info",
      `log-format-sd '[${SYSLOG_PARAMETER_ID} token="${proxy.token}"]'`,
      ring(
        `127.0.0.1:${world.ports.tls} ssl verify required verifyhost localhost ca-file ${world.servers}`,
        "rfc5424",
      ),
    );
    await call();
    expect((await refusals(proxy, 1)).join()).not.toContain("csp_");
  });

  test("over TLS by a ring, with its certificate", async () => {
    const { fingerprint256 } = new X509Certificate(world.server.cert);
    const sha256 = fingerprint256.replaceAll(":", "").toLowerCase();
    const proxy = await world.connect("edge-certified", "haproxy", sha256);
    const call = await haproxy(
      "log ring@plane len 8192 format rfc5424 local0 info",
      "",
      ring(
        `127.0.0.1:${world.ports.tls} ssl verify required verifyhost localhost ca-file ${world.servers} crt FOLDER/own.pem`,
        "rfc5424",
      ),
      { "own.pem": world.server.cert + world.server.key },
    );
    await call();
    await refusals(proxy, 1);
  });

  test("over UDP as RFC 3164, known by its tag from this machine", async () => {
    const proxy = await world.connect("edge-udp", "haproxy");
    const call = await haproxy(
      `log 127.0.0.1:${world.ports.udp} len 8192 format rfc3164 local0 info\n  log-tag edge-udp`,
    );
    await call();
    await refusals(proxy, 1);
  });

  test("over UDP as RFC 5424, with its token", async () => {
    const proxy = await world.connect("edge-udp-token", "haproxy");
    const call = await haproxy(
      `log 127.0.0.1:${world.ports.udp} len 8192 format rfc5424 local0 info`,
      `log-format-sd '[${SYSLOG_PARAMETER_ID} token="${proxy.token}"]'`,
    );
    await call();
    expect((await refusals(proxy, 1)).join()).not.toContain("csp_");
  });
});
