import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { failedHandshake, handshakeBatch, succeededHandshake } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";
import { openDriver } from "#lib/driver.ts";
import { batchRows, STRANGERS_MAX, storeEvents, storeRows } from "./event-store.ts";

let now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => new Date(now) };
const T = Date.UTC(2027, 2, 1, 12, 20);
const MINUTE = 60_000;
let installation: TestInstallation;

beforeEach(async () => {
  now = new Date("2027-03-01T12:30:00Z");
  installation = await testInstallation(clock);
});
afterEach(() => installation.close());

const { stringify } = JSON;
const client = { id: "c1", name: "Billing" };
const failures = () => installation.database.read.failure.findMany({ orderBy: { id: "asc" } });
const theFailure = () => installation.database.read.failure.findFirstOrThrow();

test("events of one client, service, proxy and cause are one failure; of others, others", async () => {
  await storeEvents(
    installation,
    handshakeBatch([
      failedHandshake(T + 2, { client, peer: "192.0.2.8", certificate: "cert2" }),
      failedHandshake(T + 1, { client: { id: "c1", name: "Former name" }, certificate: "cert1" }),
      failedHandshake(T, { client: { id: null, name: "CN=a" } }),
      failedHandshake(T, { client: { id: null, name: "CN=b" } }),
      failedHandshake(T, { client, serviceId: "s2" }),
      failedHandshake(T, { client, cause: "crl-expired" }),
    ]),
  );
  const all = await failures();
  expect(all).toHaveLength(5);
  expect(all.find(({ count }) => count === 2)).toMatchObject({
    ...{ clientId: "c1", presentedName: "Billing", state: "open", certificateId: "cert2", regressions: 0 },
    ...{ firstSeenAt: new Date(T + 1), lastSeenAt: new Date(T + 2), proxyId: "p1", serviceId: "s1" },
  });
  expect(await installation.database.read.failureCertificate.count()).toBe(2);
  expect(await installation.database.read.handshakeEvent.count()).toBe(6);
});

test("a batch that comes again, as after a lost answer, changes nothing and says the counts of then", async () => {
  const batch = handshakeBatch([failedHandshake(T)], {
    counts: { taken: 9, matched: 4, ignored: 3, notUnderstood: 2 },
    notUnderstood: ["one", "two"],
  });
  expect(await storeEvents(installation, batch)).toMatchObject({ repeated: false, taken: 9 });
  const again = { ...batch, counts: { taken: 0, matched: 0, ignored: 0, notUnderstood: 0 } };
  const repeated = await Promise.all([storeEvents(installation, again), storeEvents(installation, again)]);
  for (const outcome of repeated) {
    expect(outcome).toMatchObject({
      repeated: true,
      taken: 9,
      matched: 4,
      ignored: 3,
      notUnderstood: 2,
      began: [],
    });
  }
  expect(await theFailure()).toMatchObject({ count: 1 });
  expect(await installation.database.read.notUnderstood.count()).toBe(2);
  // The same id of another proxy is another batch.
  await storeEvents(installation, { ...batch, proxyId: "p2" });
  expect(await failures()).toHaveLength(2);
});

test("a batch that cannot be stored leaves nothing, so that it may come again", async () => {
  const batch = handshakeBatch([failedHandshake(T)]);
  const spoilt = { ...batch, counts: { ...batch.counts, taken: Number.NaN } };
  await expect(storeEvents(installation, spoilt)).rejects.toThrow();
  expect([await failures(), await installation.database.read.failureHour.count()]).toEqual([[], 0]);
  expect(await storeEvents(installation, batch)).toMatchObject({ repeated: false });
  expect(await failures()).toHaveLength(1);
});

test("counts by the hour, by the day and of failures are those of the events, and repeats change none", async () => {
  const event = fc.record({
    minutes: fc.integer({ min: 0, max: 60 * 70 }),
    name: fc.constantFrom("", "CN=a", "CN=b"),
    cause: fc.constantFrom("crl-expired", "issuer-unknown", "not-tls"),
    serviceId: fc.constantFrom("", "s1", "s2"),
  } as const);
  const batches = fc.array(
    fc.record({
      batchId: fc.constantFrom("one", "two", "three", "four"),
      events: fc.array(event, { maxLength: 12 }),
      well: fc.array(event, { maxLength: 6 }),
    }),
    { maxLength: 8 },
  );
  const { read, write } = installation.database;
  await fc.assert(
    fc.asyncProperty(batches, async (sent) => {
      await write(async (transaction) => {
        for (const table of [
          "failure",
          "handshakeEvent",
          "failureHour",
          "failureDay",
          "ingestBatch",
          "eventStock",
        ]) {
          await (transaction as never as Record<string, { deleteMany(): Promise<unknown> }>)[
            table
          ]?.deleteMany();
        }
      });
      const stored = new Map<string, (typeof sent)[number]>();
      for (const batch of sent) {
        if (!stored.has(batch.batchId)) stored.set(batch.batchId, batch);
        await storeEvents(
          installation,
          handshakeBatch(
            batch.events.map(({ minutes, name, cause, serviceId }) =>
              failedHandshake(T - minutes * MINUTE, {
                ...{ cause, serviceId },
                client: name === "" ? null : { id: null, name },
              }),
            ),
            {
              batchId: batch.batchId,
              succeeded: batch.well.map(({ minutes, name, serviceId }) =>
                succeededHandshake(T - minutes * MINUTE, { serviceId, names: [name] }),
              ),
            },
          ),
        );
      }
      const [failed, well] = [
        [...stored.values()].flatMap(({ events }) => events),
        [...stored.values()].flatMap((batch) => batch.well),
      ];
      const sum = (rows: readonly { count: number }[]) => rows.reduce((total, { count }) => total + count, 0);
      const isWell = ({ cause }: { cause: string }) => cause === "none";
      const rollups = [await read.failureHour.findMany(), await read.failureDay.findMany()];
      for (const rows of rollups) {
        expect(sum(rows.filter(isWell))).toBe(well.length);
        expect(sum(rows.filter((row) => !isWell(row)))).toBe(failed.length);
        for (const cause of ["crl-expired", "issuer-unknown", "not-tls"]) {
          const ofCause = failed.filter((each) => each.cause === cause);
          expect(sum(rows.filter((row) => row.cause === cause))).toBe(ofCause.length);
        }
      }
      expect(sum(await read.failure.findMany())).toBe(failed.length);
      expect(sum(await read.failureCount.findMany())).toBe(failed.length);
      expect(await read.handshakeEvent.count()).toBe(failed.length);
      const keys = new Set(failed.map(({ name, cause, serviceId }) => stringify([name, cause, serviceId])));
      expect(await read.failure.count()).toBe(keys.size);
      const stock = await read.eventStock.findUnique({ where: { id: 1 } });
      expect(Number(stock?.events ?? 0)).toBe(failed.length);
    }),
    { numRuns: Math.ceil(FUZZ_RUNS / 20), seed: SEED },
  );
});

test("a handshake of that client at that service that goes well afterwards resolves it, and says so", async () => {
  const failed = [failedHandshake(T, { client })];
  await storeEvents(installation, handshakeBatch(failed));
  const elsewhere = [
    succeededHandshake(T + MINUTE, { clientId: "c1", serviceId: "s2" }),
    succeededHandshake(T + MINUTE, { clientId: "c2" }),
    succeededHandshake(T + MINUTE, { clientId: "c1", direction: "upstream" }),
    succeededHandshake(T, { clientId: "c1" }),
  ];
  expect((await storeEvents(installation, handshakeBatch([], { succeeded: elsewhere }))).resolved).toEqual(
    [],
  );
  const there = [succeededHandshake(T + MINUTE, { clientId: "c1" })];
  const atOther = handshakeBatch([], { proxyId: "p2", succeeded: there });
  expect((await storeEvents(installation, atOther)).resolved).toEqual([]);
  const { resolved } = await storeEvents(installation, handshakeBatch([], { succeeded: there }));
  const failure = await theFailure();
  expect(resolved).toEqual([failure.id]);
  expect(failure).toMatchObject({
    state: "resolved",
    stateBy: "handshake",
    resolvedAt: new Date(T + MINUTE),
  });
  expect(await installation.database.read.failureChange.findMany()).toMatchObject([
    { what: "resolved", actorName: "", why: "A handshake of it went well there." },
  ]);
  const again = [failedHandshake(T + 2 * MINUTE, { client })];
  expect((await storeEvents(installation, handshakeBatch(again))).reopened).toEqual([failure.id]);
  expect(await theFailure()).toMatchObject({ state: "open", stateBy: "traffic", regressions: 1, count: 2 });
});

test("a stranger that is admitted resolves its failure by its name or by its certificate", async () => {
  await storeEvents(
    installation,
    handshakeBatch([
      failedHandshake(T, { client: { id: null, name: "CN=foreign" }, cause: "issuer-unknown" }),
      failedHandshake(T, { client: { id: null, name: "CN=x" }, certificate: "cert1" }),
      failedHandshake(T, { client: { id: null, name: "CN=stays" } }),
    ]),
  );
  const succeeded = [
    succeededHandshake(T + 1, { clientId: "c9", names: ["New client", "CN=foreign"] }),
    succeededHandshake(T + 1, { clientId: "c8", certificateId: "cert1" }),
  ];
  expect((await storeEvents(installation, handshakeBatch([], { succeeded }))).resolved).toHaveLength(2);
  expect((await failures()).filter(({ state }) => state === "open")).toMatchObject([
    { presentedName: "CN=stays" },
  ]);
});

test("a failure of no service in particular is resolved at any service of that proxy", async () => {
  const long = `CN=${"x".repeat(400)}`;
  const strangers = { client: { id: null, name: long }, serviceId: "" };
  await storeEvents(
    installation,
    handshakeBatch([failedHandshake(T, { client, serviceId: "" }), failedHandshake(T, strangers)]),
  );
  const at = (more: object) => handshakeBatch([], { succeeded: [succeededHandshake(T + 1, more)] });
  expect((await storeEvents(installation, at({ clientId: "c1", serviceId: "s2" }))).resolved).toHaveLength(1);
  expect((await storeEvents(installation, at({ names: [long], serviceId: "s3" }))).resolved).toHaveLength(1);
});

test("an upstream is reached again when a request was answered there", async () => {
  const upstream = "198.51.100.4:8443";
  const failed = failedHandshake(T, {
    ...{ client: null, cause: "upstream-certificate-expired", direction: "upstream", peer: upstream },
  });
  await storeEvents(installation, handshakeBatch([failed]));
  const answered = (at: string | null) =>
    handshakeBatch([], { succeeded: [succeededHandshake(T + 1, { clientId: "c1", upstream: at })] });
  for (const other of [null, "198.51.100.5:8443"])
    expect((await storeEvents(installation, answered(other))).resolved).toEqual([]);
  expect((await storeEvents(installation, answered(upstream))).resolved).toHaveLength(1);
});

test("who showed no certificate resolves it by coming in from the same address", async () => {
  await storeEvents(
    installation,
    handshakeBatch([failedHandshake(T, { client: null, cause: "client-certificate-missing" })]),
  );
  const from = (peer: string) =>
    handshakeBatch([], { succeeded: [succeededHandshake(T + 1, { clientId: "c1", peer })] });
  expect((await storeEvents(installation, from("198.51.100.1"))).resolved).toEqual([]);
  expect((await storeEvents(installation, from("192.0.2.7"))).resolved).toHaveLength(1);
});

test("strangers with ever new names are told apart up to a bound", async () => {
  const scanned = (from: number) =>
    handshakeBatch(
      Array.from({ length: 400 }, (_, n) =>
        failedHandshake(T, { client: { id: null, name: `CN=${from + n}` } }),
      ),
    );
  for (const from of [0, 400, 800]) await storeEvents(installation, scanned(from));
  await storeEvents(installation, scanned(0));
  const all = await failures();
  expect(all).toHaveLength(STRANGERS_MAX + 1);
  expect(all.find(({ presentedName }) => presentedName === "*")).toMatchObject({ count: 700 });
  expect(all.find(({ presentedName }) => presentedName === "CN=3")).toMatchObject({ count: 2 });
});

test("lines of any bytes are kept, cut off, and of those that nobody understood the last twenty", async () => {
  const nasty = `nul \0 half \ud800 <b>&quot;\u001b[31m ${"x".repeat(10_000)}`;
  const notUnderstood = Array.from({ length: 50 }, (_, n) => (n === 49 ? nasty : `line ${n}`));
  await storeEvents(
    installation,
    handshakeBatch([failedHandshake(T, { lines: [nasty, nasty], client: { id: null, name: nasty } })], {
      notUnderstood,
    }),
  );
  const event = await installation.database.read.handshakeEvent.findFirstOrThrow();
  expect(event.lines).toHaveLength(4_096);
  expect(event.lines.startsWith("nul \ufffd half \ufffd <b>&quot;\u001b[31m xxx")).toBe(true);
  expect(event.presentedName).toHaveLength(200);
  expect(await installation.database.read.notUnderstood.count()).toBe(20);
});

test("times that nobody can believe are those of arrival", async () => {
  await storeEvents(
    installation,
    handshakeBatch([failedHandshake(Date.UTC(2035, 1, 1)), failedHandshake(Date.UTC(1970, 1, 1))]),
  );
  expect(await theFailure()).toMatchObject({ firstSeenAt: now, lastSeenAt: now });
});

test("a mute until later keeps it out of sight, and what comes after that is open again", async () => {
  await storeEvents(installation, handshakeBatch([failedHandshake(T)]));
  await installation.database.write((transaction) =>
    transaction.failure.updateMany({ data: { state: "muted", muteUntil: addSeconds(now, 60) } }),
  );
  now = addSeconds(now, 30);
  await storeEvents(installation, handshakeBatch([failedHandshake(now.getTime())]));
  expect(await theFailure()).toMatchObject({ state: "muted", count: 2 });
  now = addSeconds(now, 60);
  await storeEvents(installation, handshakeBatch([failedHandshake(now.getTime())]));
  expect(await theFailure()).toMatchObject({ state: "open", stateBy: "traffic", muteUntil: null, count: 3 });
});

test("a connection of its own stores the same, and more than a bound is refused", async () => {
  const driver = await openDriver(installation.config.database);
  const batch = handshakeBatch([failedHandshake(T, { client }), failedHandshake(T + 1.5, { client })], {
    succeeded: [succeededHandshake(T + MINUTE, { clientId: "c1" })],
  });
  const store = () =>
    driver.transaction(async (transaction) => {
      const rows = batchRows(driver.provider, batch, now.getTime());
      const stored = await storeRows(transaction, driver.provider, rows);
      if (stored === null) throw new Error("it was there before");
      return stored;
    });
  expect(await store()).toMatchObject({ repeated: false, resolved: [expect.any(String)] });
  await expect(store()).rejects.toThrow("it was there before");
  await driver.close();
  expect(await theFailure()).toMatchObject({ count: 2, state: "resolved" });
  const many = handshakeBatch(Array.from({ length: 1_001 }, () => failedHandshake(T)));
  await expect(storeEvents(installation, many)).rejects.toMatchObject({ code: "tooLarge" });
});
