import { afterAll, beforeAll, expect, test } from "vitest";
import { failedHandshake } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import { DomainError } from "#lib/errors.ts";
import type { FailedHandshake } from "./handshake-batch.ts";
import { portionRows, storePortion, storePortions } from "./store-portion.ts";

const NOW = Date.UTC(2027, 3, 9, 8);

let here: TestInstallation;
let connection: DriverConnection;

beforeAll(async () => {
  here = await testInstallation();
  connection = await openDriver(here.config.database);
});
afterAll(async () => {
  await connection.close();
  await here.close();
});

const portion = (batchId: string, failed: FailedHandshake[]) =>
  portionRows(connection.provider, {
    ...{ misfit: null, held: [], now: NOW },
    waiting: [{ id: `kept of ${batchId}`, arrivedAt: NOW, line: "kept" }],
    batch: {
      ...{ proxyId: "edge", batchId, failed, succeeded: [], notUnderstood: [] },
      counts: { taken: 2, matched: 2, ignored: 0, notUnderstood: 0 },
    },
  });

test("what the database does not take is kept to be seen, and known when it comes again", async () => {
  const spoilt = { ...failedHandshake(NOW, { lines: ["a fault of ours"] }), serviceId: null as never };
  expect(await storePortion(connection, portion("spoilt", [spoilt]))).toMatchObject({
    ...{ repeated: false, taken: 2, matched: 0, notUnderstood: 2 },
  });
  const { read } = here.database;
  expect((await read.notUnderstood.findMany()).map(({ line }) => line)).toEqual(["a fault of ours"]);
  expect([await read.handshakeEvent.count(), await read.heldLine.count()]).toEqual([0, 0]);
  expect(await storePortion(connection, portion("spoilt", [spoilt]))).toMatchObject({ repeated: true });
  await storePortion(connection, portion("sound", [failedHandshake(NOW)]));
  expect([await read.handshakeEvent.count(), await read.heldLine.count()]).toEqual([1, 1]);
});

test("what fails for another reason is not stored, so that it may come again", async () => {
  const broken: DriverConnection = {
    ...connection,
    transaction: () => Promise.reject(Object.assign(new Error("the disk is full"), { code: "SQLITE_FULL" })),
  };
  await expect(storePortion(broken, portion("later", []))).rejects.toThrow("the disk is full");
  expect(await storePortion(connection, portion("later", []))).toMatchObject({ repeated: false });
});

test("several are stored by one transaction, and one that cannot be does not hold up the others", async () => {
  const all = ["one", "two", "three"].map((id) => portion(id, [failedHandshake(NOW)]));
  let transactions = 0;
  const counted: DriverConnection = {
    ...connection,
    transaction: (work) => {
      transactions++;
      return connection.transaction(work);
    },
  };
  const values = async (portions: typeof all) => {
    const outcomes: (boolean | string)[] = [];
    for await (const each of storePortions(counted, portions)) {
      outcomes.push(each.status === "fulfilled" ? (each.value?.repeated ?? "taken by others") : "failed");
    }
    return outcomes;
  };
  expect(await values(all)).toEqual([false, false, false]);
  expect(transactions).toBe(1);
  const gone = portion("four", [failedHandshake(NOW)]);
  const overtaken = portionRows(connection.provider, {
    ...{ misfit: null, held: ["is not there"], now: NOW, waiting: [] },
    batch: {
      ...{ proxyId: "edge", batchId: "five", failed: [failedHandshake(NOW)], succeeded: [] },
      ...{ notUnderstood: [], counts: { taken: 1, matched: 1, ignored: 0, notUnderstood: 0 } },
    },
  });
  const before = await here.database.read.handshakeEvent.count();
  expect(await values([gone, ...all.slice(0, 1), overtaken])).toEqual([false, true, "taken by others"]);
  expect(await here.database.read.handshakeEvent.count()).toBe(before + 1);
});

test("what no portion is to blame for fails all of them at once, and any other fault each for itself", async () => {
  let asked = 0;
  const failing = (fault: Error): DriverConnection => ({
    ...connection,
    transaction: () => {
      asked++;
      return Promise.reject(fault);
    },
  });
  const all = ["six", "seven", "eight"].map((id) => portion(id, []));
  const reasons = async (fault: Error) => {
    asked = 0;
    const outcomes: unknown[] = [];
    for await (const each of storePortions(failing(fault), all)) {
      outcomes.push(each.status === "rejected" ? each.reason : each.value);
    }
    return outcomes;
  };
  const away = new DomainError("unavailable", "The database is away.");
  expect([await reasons(away), asked]).toEqual([[away, away, away], 1]);
  const ours = new TypeError("a fault of ours");
  expect([await reasons(ours), asked]).toEqual([[ours, ours, ours], 4]);
});
