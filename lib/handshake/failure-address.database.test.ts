import { afterAll, beforeAll, expect, test } from "vitest";
import { failedHandshake, handshakeBatch } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { getClient } from "#lib/access/client-read.ts";
import { storeEvents } from "./event-store.ts";
import { assignFailure, resolveFailure } from "./failure-change.ts";
import { failureChart } from "./failure-chart.ts";
import { countFailures, listFailures } from "./failure-list.ts";
import { failureMark } from "./failure-mark.ts";
import { getFailure, listEvents } from "./failure-read.ts";

const operator = testActor("operator");
let installation: TestInstallation;

beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

const STRANGE = ["\0", "a\0b", "\ud800", "'; --", "x".repeat(1_000)];

test.each(STRANGE)("what no address of a failure can be is found nowhere: %j", async (text) => {
  for (const name of ["client", "service", "proxy", "certificate", "assignee"] as const) {
    expect((await listFailures(installation, operator, { [name]: text })).failures).toEqual([]);
    expect(await countFailures(installation, operator, { [name]: text })).toBe(0);
  }
  expect((await listFailures(installation, operator, { text })).failures).toEqual([]);
  const span = { from: new Date("2027-01-01T00:00:00Z"), to: new Date("2027-01-02T00:00:00Z") };
  for (const name of ["service", "proxy"] as const) {
    expect((await failureChart(installation, operator, { ...span, [name]: text })).bars).toEqual([]);
  }
  const nothing = expect.objectContaining({ code: "notFound" });
  await expect(getFailure(installation, operator, text)).rejects.toEqual(nothing);
  await expect(failureMark(installation, operator, text)).rejects.toEqual(nothing);
  await expect(resolveFailure(installation, operator, text)).rejects.toEqual(nothing);
  await expect(getClient(installation, operator, text)).rejects.toEqual(nothing);
  expect((await listEvents(installation, operator, text)).events).toEqual([]);
});

test("a failure is given to nobody of whom there is no account", async () => {
  const [id = ""] = (await storeEvents(installation, handshakeBatch([failedHandshake(0)]))).began;
  for (const text of STRANGE) {
    await expect(assignFailure(installation, operator, id, text)).rejects.toMatchObject({
      violations: [{ field: "assignee" }],
    });
  }
});
