import { afterEach, beforeEach, expect, test } from "vitest";
import { failedHandshake, handshakeBatch } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";
import { storeEvents } from "./event-store.ts";
import { forgetOldEvents, RETENTION } from "./forget-events.ts";
import { passingBatchIds } from "./handshake-batch.ts";

let now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;

beforeEach(async () => {
  now = new Date("2027-03-01T12:30:00Z");
  installation = await testInstallation(clock);
});
afterEach(() => installation.close());

const days = (count: number) => {
  now = addSeconds(now, count * 86_400);
};
const fail = (name: string, count: number, line = "ä line") =>
  storeEvents(
    installation,
    handshakeBatch(
      Array.from({ length: count }, () =>
        failedHandshake(now.getTime(), { client: { id: null, name }, lines: [line] }),
      ),
    ),
  );
const left = async () => {
  const { read } = installation.database;
  const stock = await read.eventStock.findUnique({ where: { id: 1 } });
  const failures = await read.failure.findMany({ orderBy: { presentedName: "asc" } });
  return {
    events: await read.handshakeEvent.count(),
    stock: [Number(stock?.events), Number(stock?.size)],
    failures: failures.map(({ presentedName }) => presentedName),
    batches: await read.ingestBatch.count(),
  };
};

test("what is older than ninety days goes with all that became of it, in several slices", async () => {
  await fail("CN=old", 600);
  days(60);
  await fail("CN=new", 3);
  expect(await left()).toMatchObject({ events: 603, stock: [603, 603 * 7], batches: 2 });
  days(31);
  await forgetOldEvents(installation);
  expect(await left()).toEqual({ events: 3, stock: [3, 21], failures: ["CN=new"], batches: 0 });
  expect(await installation.database.read.failureHour.count()).toBe(1);
  expect(await installation.database.read.failureDay.count()).toBe(2);
});

test("when there are too many, or they take up too much, the oldest events go and their failure stays", async () => {
  await fail("CN=a", 10);
  days(1);
  await fail("CN=b", 300, "x".repeat(1_000));
  await forgetOldEvents(installation, undefined, { ...RETENTION, events: 305 });
  expect(await left()).toMatchObject({ events: 305, failures: ["CN=a", "CN=b"] });
  days(1);
  await forgetOldEvents(installation, undefined, { ...RETENTION, size: 20_000 });
  expect(await left()).toMatchObject({ events: 20, stock: [20, 20_000], failures: ["CN=a", "CN=b"] });
});

test("a flood of events keeps nothing else from being forgotten, and what is left is said", async () => {
  await fail("CN=flood", 900);
  await installation.database.write((transaction) =>
    transaction.failureHour.create({
      data: { hour: now, cause: "none", proxyId: "p", serviceId: "", count: 1 },
    }),
  );
  days(100);
  const all = await installation.database.read.failureHour.count();
  expect(await forgetOldEvents(installation, undefined, RETENTION, 0)).toBe(true);
  expect(await left()).toMatchObject({ events: 650, batches: 0 });
  expect(await installation.database.read.failureHour.count()).toBeLessThan(all);
  // Once in five minutes, whoever asks.
  expect(await forgetOldEvents(installation)).toBe(false);
  expect((await left()).events).toBe(650);
  now = addSeconds(now, 300);
  expect(await forgetOldEvents(installation)).toBe(false);
  expect((await left()).events).toBe(0);
});

test("batches that no sender named are known for hours only", async () => {
  const proxyId = "edge";
  await installation.database.write((transaction) =>
    transaction.proxyLog.create({
      data: {
        ...{ proxyId, firstAt: now, lastAt: now, taken: 1, matched: 0, ignored: 0, notUnderstood: 0 },
        ...{ misfit: "", missing: "" },
      },
    }),
  );
  const [from] = passingBatchIds(0);
  const ids = [
    ...Array.from({ length: 300 }, (_, place) => `${passingBatchIds(now.getTime() + place)[1]}rest#0`),
    "edge-named-1",
    `${from.slice(0, -1)}~`,
  ];
  for (const batchId of ids) await storeEvents(installation, { ...handshakeBatch([]), proxyId, batchId });
  now = addSeconds(now, 3_600);
  const later = `${passingBatchIds(now.getTime())[1]}later#0`;
  await storeEvents(installation, { ...handshakeBatch([]), proxyId, batchId: later });
  now = addSeconds(now, 5.5 * 3_600);
  await forgetOldEvents(installation);
  const rest = await installation.database.read.ingestBatch.findMany();
  expect(rest.map(({ batchId }) => batchId).sort()).toEqual(
    [later, `${from.slice(0, -1)}~`, "edge-named-1"].sort(),
  );
});
