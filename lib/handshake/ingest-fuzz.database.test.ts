import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { mutatedLine } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import type { LoggingProxy } from "./observation.ts";
import { ProxyLane } from "./proxy-lane.ts";
import { readLines } from "./read-lines.ts";
import { SAMPLE_LINES } from "./testdata/sample-lines.ts";

const admin = testActor("admin");
let here: TestInstallation;
let connection: DriverConnection;
const proxies = new Map<LoggingProxy, string>();
let now = Date.UTC(2027, 3, 9, 8);

const KINDS = ["nginx", "haproxy", "apache", "caddy", "traefik", "envoy"] as const;

beforeAll(async () => {
  here = await testInstallation();
  const service = await createService(here, admin, { slug: "tills", name: "Tills" });
  for (const kind of KINDS) {
    const made = { slug: kind, name: kind, kind, header: "client-cert", services: [service] } as const;
    proxies.set(kind, (await createProxy(here, admin, { ...made, services: [service] })).id);
  }
  connection = await openDriver(here.config.database);
});
afterAll(async () => {
  await connection.close();
  await here.close();
});

/** What JSON writes for characters that databases do not hold, where a parser finds the characters themselves. */
const ESCAPED = ["\\u0000", "\\ud800", "\\udc00\\ud800", "\\u001b[31m", "\\x00", "\\\\u0000"];

const samples = Object.values(SAMPLE_LINES).flat();
const escaped = samples.flatMap((line) =>
  ESCAPED.map((by) => line.replaceAll("till", `ti${by}ll`).replaceAll("Apr", `A${by}pr`)),
);

test("whatever lines come, they are stored or counted, and nothing stays behind that holds others up", async () => {
  const { read } = here.database;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KINDS),
      fc.array(fc.oneof(mutatedLine([...samples, ...escaped]), fc.constantFrom(...samples, ...escaped)), {
        minLength: 1,
        maxLength: 30,
      }),
      async (kind, texts) => {
        now += 60_000;
        const proxyId = proxies.get(kind) ?? expect.fail("no such proxy");
        const lane = new ProxyLane({ database: here.database, connection, now: () => now }, proxyId);
        const { lines } = readLines(Buffer.from(texts.join("\n")), {
          ...{ contentType: "text/plain", linesMax: 10_000 },
        });
        const { taken, matched, ignored, notUnderstood } = await lane.take(`batch ${now}`, lines);
        expect([taken, matched + ignored + notUnderstood]).toEqual([lines.length, lines.length]);
        now += 5_000;
        await lane.settle();
        expect(await read.heldLine.count({ where: { proxyId } })).toBe(0);
      },
    ),
    { seed: SEED, numRuns: Math.max(60, FUZZ_RUNS / 10) },
  );
  for (const { diagnosis, candidates, addresses } of await read.failure.findMany()) {
    for (const json of [diagnosis, candidates, addresses || "[]"]) JSON.parse(json);
  }
}, 600_000);
