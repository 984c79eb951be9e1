import { afterAll, beforeAll, expect, test } from "vitest";
import { failedHandshake, handshakeBatch, succeededHandshake } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { storeEvents } from "./event-store.ts";
import { assignFailure, muteFailure } from "./failure-change.ts";
import { failureMark, failuresMark } from "./failure-mark.ts";

const viewer = testActor("viewer");
const operator = testActor("operator");
let installation: TestInstallation;

beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

test("the mark of the list changes with each event and each change, and stays while nothing happens", async () => {
  const marks = [await failuresMark(installation, viewer)];
  const note = async () => marks.push(await failuresMark(installation, viewer));
  const client = { id: "c1", name: "Billing" };
  const { began } = await storeEvents(
    installation,
    handshakeBatch([failedHandshake(Date.now(), { client })]),
  );
  const id = began[0] ?? "";
  await note();
  await storeEvents(installation, handshakeBatch([failedHandshake(Date.now(), { client })]));
  await note();
  await muteFailure(installation, operator, id, { untilWorse: true });
  await note();
  await assignFailure(installation, operator, id, null);
  await note();
  expect(new Set(marks).size).toBe(5);
  expect(await failuresMark(installation, viewer)).toBe(marks.at(-1));
});

test("the mark of one failure changes with its own events, changes and successes only", async () => {
  const client = { id: "c2", name: "Shipping" };
  const at = Date.now() - 60_000;
  const { began } = await storeEvents(installation, handshakeBatch([failedHandshake(at, { client })]));
  const id = began[0] ?? "";
  const marks = [await failureMark(installation, viewer, id)];
  const note = async () => marks.push(await failureMark(installation, viewer, id));
  await storeEvents(installation, handshakeBatch([failedHandshake(at, { client: null, peer: "192.0.2.1" })]));
  expect(await failureMark(installation, viewer, id)).toBe(marks[0]);
  await storeEvents(installation, handshakeBatch([failedHandshake(at + 1, { client })]));
  await note();
  await assignFailure(installation, operator, id, null);
  await note();
  await storeEvents(
    installation,
    handshakeBatch([], { succeeded: [succeededHandshake(at + 2_000, { clientId: "c2" })] }),
  );
  await note();
  expect(new Set(marks).size).toBe(4);
  await expect(failureMark(installation, viewer, "none")).rejects.toMatchObject({ code: "notFound" });
});
