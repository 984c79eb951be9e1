import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { DomainError } from "#lib/errors.ts";
import { type Ingest, startIngest } from "./ingest.ts";

let here: TestInstallation;
let ingest: Ingest;
let proxyId: string;
let service: string;

beforeEach(async () => {
  here = await testInstallation();
  service = await createService(here, testActor("admin"), { slug: "tariffs", name: "Tariffs" });
  ({ id: proxyId } = await createProxy(here, testActor("admin"), {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "client-cert", services: [service] },
  }));
  ingest = startIngest(here);
});
afterEach(async () => {
  await ingest.close();
  await here.close();
});

let batches = 0;
const send = (batchId: string, text: string, of = proxyId) =>
  ingest.take({
    ...{ proxyId: of, batchId, body: Buffer.from(text) },
    ...{ contentType: "text/plain", contentEncoding: undefined },
  });

/** As a scanner leaves it: never the same twice. */
const noise = (place: number) =>
  `2026/03/04 05:06:07 [info] 31#31: *${place} peer closed connection in SSL handshake while SSL handshaking, client: 198.51.100.${place % 250}, server: 0.0.0.0:443`;

test("what waits is bounded in number and in bytes: more is refused at once, and taken when there is room again", async () => {
  await ingest.close();
  ingest = startIngest(here, { bytes: 40_000, batches: 4, bytesOfOne: 40_000, batchesOfOne: 4 });
  const refusedOf = async (bodies: readonly string[]) => {
    const outcomes = await Promise.allSettled(bodies.map((body) => send(`flood ${++batches}`, body)));
    const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    for (const reason of reasons) expect(reason).toMatchObject({ code: "rateLimited" });
    return reasons.length;
  };
  const large = Array.from({ length: 100 }, (_, place) => noise(place)).join("\n");
  expect(large.length).toBeGreaterThan(13_334);
  expect(await refusedOf(Array.from({ length: 6 }, () => noise(1)))).toBe(2);
  expect(await refusedOf([large, large, large])).toBe(1);
  expect(await refusedOf([noise(2)])).toBe(0);
  expect(ingest.tally).toMatchObject({ refused: 3, matched: 4 + 200 + 1, repeated: 0, waitingBytes: 0 });
});

test("a proxy that sends without end leaves others room, and their turn", async () => {
  await ingest.close();
  ingest = startIngest(here, { bytes: 8e6, batches: 40, bytesOfOne: 2e6, batchesOfOne: 10 });
  const other = await createProxy(here, testActor("admin"), {
    ...{ slug: "other", name: "Other", kind: "nginx", header: "client-cert", services: [service] },
  });
  const large = Array.from({ length: 2_000 }, (_, place) => noise(place)).join("\n");
  const flood = Promise.allSettled(Array.from({ length: 40 }, () => send(`flood ${++batches}`, large)));
  expect(await send("small", noise(1), other.id)).toMatchObject({ taken: 1 });
  expect(ingest.tally.waitingBytes).toBeGreaterThan(5 * large.length);
  const outcomes = await flood;
  expect(outcomes.filter(({ status }) => status === "rejected").length).toBeGreaterThan(29);
  expect(ingest.tally.waitingBytes).toBe(0);
});

test("what is under way when the plane ends is stored, and nothing is taken afterwards", async () => {
  const under = Promise.all(Array.from({ length: 20 }, (_, place) => send(`b${place}`, noise(place))));
  await ingest.close();
  await expect(under).resolves.toHaveLength(20);
  expect(await here.database.read.ingestBatch.count()).toBe(20);
  await expect(send("late", noise(99))).rejects.toBeInstanceOf(DomainError);
});

test("many batches of many proxies at once come to exactly their sum", async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, batch) =>
      send(`many ${batch}`, Array.from({ length: 7 }, (_, line) => noise(batch * 100 + line)).join("\n")),
    ),
  );
  expect(answers.map(({ taken }) => taken)).toEqual(Array.from({ length: 40 }, () => 7));
  await expect.poll(() => here.database.read.handshakeEvent.count(), { timeout: 30_000 }).toBe(280);
  const { taken, matched } = await here.database.read.proxyLog.findUniqueOrThrow({ where: { proxyId } });
  expect([taken, matched]).toEqual([280n, 280n]);
});
