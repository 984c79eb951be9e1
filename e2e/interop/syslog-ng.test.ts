import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSyslogNg, hasSyslogNg, startSyslogNg } from "#e2e/fixtures/syslog-ng.ts";
import { type LogPlane, logPlane } from "#e2e/fixtures/syslog-plane.ts";
import { shippingConfiguration } from "#lib/handshake/shipping/shipping-configuration.ts";

/** The real syslog-ng with exactly the configuration that the console shows. */

let world: LogPlane;
let running: ChildProcess | undefined;

beforeAll(async () => {
  world = await logPlane();
});
afterAll(async () => {
  if (running !== undefined && running.exitCode === null) {
    const gone = once(running, "exit");
    running.kill("SIGTERM");
    await gone;
  }
  await world?.close();
});

/** A line of nginx that tells of a handshake which failed. */
const line = (number: number) =>
  `2026/11/23 10:00:00 [info] 17#17: *${number} client sent no required SSL certificate while reading client request headers, client: 192.0.2.7, server: localhost, request: "GET /${number} HTTP/1.1", host: "localhost"\n`;

test.skipIf(!hasSyslogNg())(
  "lines of a file that is rotated arrive, also when the plane was away and the program ended",
  async () => {
    const proxy = await world.connect("edge", "nginx");
    const folder = mkdtempSync(join(world.folder, "syslog-ng-"));
    const log = join(folder, "error.log");
    const configuration = shippingConfiguration(
      "syslog-ng",
      {
        ...{ proxy: proxy.slug, software: "nginx", planes: [`127.0.0.1:${world.plane.httpsPort}`] },
        ...{ planeName: "localhost", syslog: { tlsPort: null, plainPort: null }, logs: [log] },
        files: { servers: world.servers, token: proxy.tokenFile, state: folder },
      },
      { protocolUrl: world.plane.httpUrl, script: "", servers: "" },
    );
    const main = join(folder, "syslog-ng.conf");
    writeFileSync(main, `@version: 3.38\n${configuration?.parts[0]?.text}`);
    // What the shown command writes.
    writeFileSync(`${proxy.tokenFile}.syslog-ng`, `@define countersign_edge_token "${proxy.token}"\n`);
    expect(checkSyslogNg(main)).toBe("");

    writeFileSync(log, line(1) + line(2));
    running = startSyslogNg(main, folder);
    await world.arrived(proxy, 2);
    renameSync(log, `${log}.1`);
    appendFileSync(log, line(3));
    await world.arrived(proxy, 3);

    await world.stop();
    for (const number of [4, 5, 6]) appendFileSync(log, line(number));
    const gone = once(running, "exit");
    running.kill("SIGTERM");
    await gone;
    appendFileSync(log, line(7));
    running = startSyslogNg(main, folder);
    await world.start();
    appendFileSync(log, line(8));
    const lines = await world.arrived(proxy, 8);
    expect(lines.map((text) => Number(/GET \/(\d+) /.exec(text)?.[1])).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  },
);
