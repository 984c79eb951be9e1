import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import * as portions from "./handshake-portion.ts";
import { HELD_MAX } from "./held-lines.ts";
import { PORTION_LINES, ProxyLane } from "./proxy-lane.ts";

const admin = testActor("admin");
let here: TestInstallation;
let serviceId: string;
let connections: DriverConnection[];
let proxyId: string;
let now = Date.UTC(2026, 2, 4, 5, 6, 7);

beforeAll(async () => {
  here = await testInstallation();
  serviceId = await createService(here, admin, { slug: "tariffs", name: "Tariffs" });
  connections = [await openDriver(here.config.database), await openDriver(here.config.database)];
});
afterAll(async () => {
  for (const connection of connections) await connection.close();
  await here.close();
});

let proxies = 0;
beforeEach(async () => {
  now += 3_600_000;
  const slug = `edge-${++proxies}`;
  const made = { slug, name: slug, kind: "nginx", header: "client-cert" } as const;
  ({ id: proxyId } = await createProxy(here, admin, { ...made, services: [serviceId] }));
});

/** As two planes beside each other, or one before and after it was killed. */
const lane = (process = 0) => {
  const connection = connections[process] ?? expect.fail("no such connection");
  return new ProxyLane({ database: here.database, connection, now: () => now }, proxyId);
};

const logged = () => new Date(now).toISOString().slice(0, 19).replace("T", " ").replaceAll("-", "/");
const error = (connection: number) =>
  `${logged()} [info] 31#31: *${connection} client SSL certificate verify error: (10:certificate has expired) while reading client request headers, client: 192.0.2.9, server: tariffs.example.test, request: "GET / HTTP/1.1", host: "tariffs.example.test"`;
const access = (connection: number) =>
  JSON.stringify({
    ...{ time: new Date(now).toISOString(), connection: String(connection), remote_addr: "192.0.2.9" },
    ...{ status: "400", ssl_client_verify: "FAILED:certificate has expired", ssl_protocol: "TLSv1.3" },
  });

const events = () => here.database.read.handshakeEvent.findMany({ where: { proxyId } });
const held = () => here.database.read.heldLine.findMany({ where: { proxyId }, orderBy: { id: "asc" } });

test("what was acknowledged and waits outlives its process: the next one joins further lines to it", async () => {
  await lane(0).take("a", [error(1)]);
  expect([(await events()).length, (await held()).map(({ line }) => line)]).toEqual([0, [error(1)]]);
  now += 200;
  const after = lane(1);
  await after.take("b", [access(1)]);
  now += 1_000;
  await after.settle();
  const [event, ...others] = await events();
  expect([event?.lines.split("\n").length, others, await held()]).toEqual([2, [], []]);
});

test("lines for which nothing more comes are diagnosed after a moment, whoever was handed them", async () => {
  await lane(0).take("a", [error(2)]);
  now += 1_000;
  await lane(1).settle();
  expect([(await events()).length, await held()]).toEqual([1, []]);
  await lane(0).settle();
  expect(await events()).toHaveLength(1);
});

test("a line to which others come without end is diagnosed all the same", async () => {
  const only = lane();
  for (let time = 0; time < 10; time++) {
    await only.take(`batch ${time}`, [error(3)]);
    now += 400;
  }
  expect((await events()).length).toBeGreaterThan(0);
});

test("two processes that take the lines of one proxy lose none and double none", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          process: fc.nat({ max: 1 }),
          lines: fc.array(fc.nat({ max: 30 }), { maxLength: 12 }),
          later: fc.constantFrom(0, 100, 700, 2_000),
          isRepeated: fc.boolean(),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      async (steps) => {
        const lanes = [lane(0), lane(1)];
        const before = (await events()).flatMap(({ lines }) => lines.split("\n")).length;
        const base = ++proxies * 1_000;
        let sent = 0;
        const under: Promise<unknown>[] = [];
        for (const [index, { process, lines, later, isRepeated }] of steps.entries()) {
          const texts = lines.map((connection) => error(base + connection));
          sent += texts.length;
          const take = (of: number) => lanes[of]?.take(`${base} ${index}`, texts);
          under.push(Promise.resolve(take(process)));
          if (isRepeated) under.push(Promise.resolve(take(1 - process)));
          if (later > 0) await Promise.all(under);
          now += later;
        }
        await Promise.all(under);
        now += 5_000;
        await Promise.all(lanes.map((each) => each.settle()));
        const stored = (await events()).flatMap(({ lines }) => lines.split("\n"));
        expect([stored.length - before, await held()]).toEqual([sent, []]);
      },
    ),
    { seed: SEED, numRuns: Math.max(8, FUZZ_RUNS / 100) },
  );
}, 300_000);

test("no more lines wait than a handshake's stand apart", async () => {
  const lines = Array.from({ length: PORTION_LINES * 2 + 100 }, (_, place) => error(10_000 + place));
  const only = lane();
  expect(await only.take("long", lines)).toMatchObject({ taken: lines.length, matched: lines.length });
  expect(await held()).toHaveLength(HELD_MAX);
  expect(await events()).toHaveLength(lines.length - HELD_MAX);
  expect(await only.take("long", lines)).toMatchObject({ repeated: true, taken: lines.length });
  now += 1_000;
  await only.settle();
  expect(await events()).toHaveLength(lines.length);
});

test("a portion at which our own code fails is kept to be seen, and holds up none behind it", async () => {
  const only = lane();
  await only.take("kept", [error(4)]);
  const broken = vi.spyOn(portions, "portionOf").mockRejectedValueOnce(new TypeError("a fault of ours"));
  expect(await only.take("a", ["spoilt"])).toMatchObject({ taken: 1, notUnderstood: 1 });
  broken.mockRestore();
  await only.take("b", [error(5)]);
  now += 1_000;
  await only.settle();
  expect(await events()).toHaveLength(2);
  const kept = await here.database.read.notUnderstood.findMany({ where: { proxyId } });
  expect(kept.map(({ line }) => line)).toEqual(["spoilt"]);
});
