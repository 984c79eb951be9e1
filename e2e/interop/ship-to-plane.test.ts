import { execFileSync, spawn } from "node:child_process";
import { hash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SHIP_SCRIPT } from "#e2e/fixtures/fetch-script.ts";
import { killed, randomNumbers, rotate } from "#e2e/fixtures/rotated-log.ts";
import { SEED, SHIPPED_TO_PLANE } from "#e2e/fixtures/sizes.ts";
import { type ConnectedProxy, type LogPlane, logPlane } from "#e2e/fixtures/syslog-plane.ts";
import { fetchScript } from "#lib/access/fetch-script.ts";
import { shipWithScript } from "#lib/handshake/shipping/ship-script.ts";
import { usualShippingFiles } from "#lib/handshake/shipping/shipping-setup.ts";

/** Our script and a real protocol plane: every line becomes an event once, whoever is killed. */

let world: LogPlane;

beforeAll(async () => {
  world = await logPlane();
});
afterAll(() => world?.close());

/** A line of nginx of a handshake that failed: an event by itself. */
const line = (number: number) =>
  `2026/11/23 10:00:00 [info] 17#17: *${number} client sent no required SSL certificate while reading client request headers, client: 192.0.2.7, server: localhost, request: "GET /${number} HTTP/1.1", host: "localhost"\n`;

/** Afterwards all that is left is sent without. */
const KILLS_MAX = 40;

/** How often each number is told of, by what is stored. */
async function stored({ id: proxyId }: ConnectedProxy): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (let after = ""; ; ) {
    const rows = await world.installation.database.read.handshakeEvent.findMany({
      where: { proxyId, id: { gt: after } },
      select: { id: true, lines: true },
      orderBy: { id: "asc" },
      take: 20_000,
    });
    for (const { lines } of rows)
      for (const [, number] of lines.matchAll(/GET \/(\d+) /g))
        counts.set(Number(number), (counts.get(Number(number)) ?? 0) + 1);
    const last = rows.at(-1);
    if (last === undefined) return counts;
    after = last.id;
  }
}

const eventsOf = ({ id: proxyId }: ConnectedProxy) =>
  world.installation.database.read.handshakeEvent.count({ where: { proxyId } });

test(`each of ${SHIPPED_TO_PLANE} lines becomes one event while the script and the plane are killed (seed ${SEED})`, async () => {
  const proxy = await world.connect("edge", "nginx");
  const folder = mkdtempSync(join(world.folder, "shipped-"));
  const log = join(folder, "error.log");
  const random = randomNumbers(SEED);
  const below = (bound: number) => Math.floor(random() * bound);
  let said = "";
  const startShipper = () => {
    const shipper = spawn(
      "sh",
      [
        ...[SHIP_SCRIPT, "--plane", `127.0.0.1:${world.plane.httpsPort}`, "--name", "localhost"],
        ...["--proxy", proxy.slug, "--ca", world.servers, "--token", proxy.tokenFile],
        ...["--state", join(folder, "state"), "--follow", "--batch-kib", "256", log],
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    shipper.stderr.on("data", (text) => (said += text));
    return shipper;
  };
  let shipper = startShipper();
  let ended = false;
  let kills = 0;
  const killer = (async () => {
    while (!ended && kills < KILLS_MAX) {
      await sleep(1_000 + below(7_000));
      kills++;
      if (random() < 0.5) {
        await killed(shipper);
        shipper = startShipper();
      } else {
        await world.kill();
        await world.start();
      }
    }
  })();

  let written = 0;
  while (written < SHIPPED_TO_PLANE) {
    let text = "";
    for (let count = 1 + below(SHIPPED_TO_PLANE / 50); count > 0 && written < SHIPPED_TO_PLANE; count--)
      text += line(++written);
    const cut = text.length - below(40);
    appendFileSync(log, text.slice(0, cut));
    await sleep(below(60));
    appendFileSync(log, text.slice(cut));
    if (random() < 0.2) await rotate(log, random());
    await sleep(below(300));
  }
  // As long as something arrives.
  for (let before = -1, now = 0; now < SHIPPED_TO_PLANE && now > before; ) {
    before = now;
    for (let seconds = 0; seconds < 60 && now === before; seconds++) {
      await sleep(1_000);
      now = await eventsOf(proxy);
    }
    if (now > SHIPPED_TO_PLANE / 2) ended = true;
  }
  ended = true;
  await killer;
  // Whatever would come twice comes now.
  await sleep(5_000);
  await killed(shipper);
  process.stdout.write(`${kills} kills, seed ${SEED}\n`);

  const counts = await stored(proxy);
  const wrong = Array.from({ length: SHIPPED_TO_PLANE }, (_, index) => index + 1).filter(
    (number) => counts.get(number) !== 1,
  );
  expect({ wrong: wrong.length, first: wrong.slice(0, 10), said: said.slice(-1_000) }).toMatchObject({
    wrong: 0,
  });
  expect(counts.size).toBe(SHIPPED_TO_PLANE);
  expect(await eventsOf(proxy)).toBe(SHIPPED_TO_PLANE);
  const failures = await world.installation.database.read.failure.findMany({ where: { proxyId: proxy.id } });
  expect(failures.map(({ count }) => Number(count))).toEqual([SHIPPED_TO_PLANE]);
  expect(kills).toBeGreaterThan(0);
});

test("the commands that the console shows fetch the script and the authorities, and check both", async () => {
  const folder = mkdtempSync(join(world.folder, "shown-"));
  const script = join(folder, "bin", "ship.sh");
  const files = usualShippingFiles("edge");
  const servers = readFileSync(world.servers, "utf8");
  const known = {
    protocolUrl: world.plane.httpUrl,
    script: (await fetchScript(world.installation, "ship")).sha256,
    servers: hash("sha256", servers, "hex"),
  };
  const setup = {
    ...{ proxy: "edge", software: "nginx" as const, planes: [`127.0.0.1:${world.plane.httpsPort}`] },
    ...{
      planeName: "localhost",
      syslog: { tlsPort: null, plainPort: null },
      logs: ["/var/log/nginx/error.log"],
    },
    files: {
      servers: join(folder, "etc", "servers.pem"),
      token: join(folder, "etc", files.token.split("/").at(-1) ?? ""),
      state: join(folder, "state"),
    },
  };
  const run = (commands: string) =>
    execFileSync("sh", ["-euc", commands], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const { commands } = shipWithScript(setup, known, script);
  run(commands[0]?.code ?? "");
  expect(readFileSync(script, "utf8")).toBe(readFileSync(SHIP_SCRIPT, "utf8"));
  expect(readFileSync(setup.files.servers, "utf8")).toBe(servers);
  expect(existsSync(setup.files.state)).toBe(true);
  expect(run(`${script} --help`)).toContain("copytruncate");
  const wrong = shipWithScript(setup, { ...known, script: "0".repeat(64) }, script);
  expect(() => run(wrong.commands[0]?.code ?? "")).toThrow(/sha256sum|did NOT match/);
});
