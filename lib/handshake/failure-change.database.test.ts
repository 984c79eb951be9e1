import { afterEach, beforeEach, expect, test } from "vitest";
import { failedHandshake, handshakeBatch, succeededHandshake } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";
import { storeEvents } from "./event-store.ts";
import { assignees } from "./failure-assignees.ts";
import {
  assignFailure,
  muteFailure,
  reopenFailure,
  resolveFailure,
  unmuteFailure,
} from "./failure-change.ts";
import { getFailure } from "./failure-read.ts";
import { endMutes } from "./mute-end.ts";

const operator = testActor("operator");
let now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let id: string;

beforeEach(async () => {
  now = new Date("2027-03-01T12:30:00Z");
  installation = await testInstallation(clock);
  await fail();
  ({ id } = await installation.database.read.failure.findFirstOrThrow());
});
afterEach(() => installation.close());

const fail = (times = 1) =>
  storeEvents(
    installation,
    handshakeBatch(
      Array.from({ length: times }, () =>
        failedHandshake(now.getTime(), { client: { id: "c1", name: "Billing" } }),
      ),
    ),
  );
const shown = () => getFailure(installation, operator, id);
const later = (seconds: number) => {
  now = addSeconds(now, seconds);
};

test.each([
  ["resolve", (actor) => resolveFailure(installation, actor, id)],
  ["reopen", (actor) => reopenFailure(installation, actor, id)],
  ["mute", (actor) => muteFailure(installation, actor, id, { untilWorse: true })],
  ["unmute", (actor) => unmuteFailure(installation, actor, id)],
  ["assign", (actor) => assignFailure(installation, actor, id, null)],
] satisfies [string, (actor: ReturnType<typeof testActor>) => Promise<void>][])(
  "who may only look may not %s",
  (_, change) => {
    for (const role of ["viewer", "auditor"] as const) {
      expect(() => change(testActor(role))).toThrow(expect.objectContaining({ code: "forbidden" }));
    }
  },
);

test("a second mute does not replace the first one unseen", async () => {
  const until = addSeconds(now, 7 * 86_400);
  await muteFailure(installation, operator, id, { until });
  await expect(
    muteFailure(installation, operator, id, { until: addSeconds(now, 3_600) }),
  ).rejects.toMatchObject({ code: "conflict" });
  expect(await shown()).toMatchObject({ muteUntil: until });
});

test("what is resolved by hand comes back with the next event, and each step is told and audited", async () => {
  await resolveFailure(installation, operator, id);
  expect(await shown()).toMatchObject({ state: "resolved", stateBy: "hand", regressions: 0 });
  await expect(resolveFailure(installation, operator, id)).rejects.toMatchObject({ code: "conflict" });
  await reopenFailure(installation, operator, id);
  expect(await shown()).toMatchObject({ state: "open", regressions: 0 });
  await expect(reopenFailure(installation, operator, id)).rejects.toMatchObject({ code: "conflict" });
  await resolveFailure(installation, operator, id);
  later(60);
  await fail();
  const { state, regressions, changes } = await shown();
  expect([state, regressions]).toEqual(["open", 1]);
  expect(changes[0]).toMatchObject({ what: "reopened", actorName: "" });
  expect(changes).toHaveLength(4);
  const audited = await installation.database.read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
  expect(audited.map(({ action }) => action)).toEqual([
    "failure.resolved",
    "failure.reopened",
    "failure.resolved",
  ]);
  expect(audited[0]).toMatchObject({ objectId: id, objectName: "Client certificate expired: Billing" });
});

test("a mute until a time ends by itself, as open or as resolved", async () => {
  await muteFailure(installation, operator, id, { until: addSeconds(now, 60) });
  expect(await shown()).toMatchObject({ state: "muted", muteUntil: addSeconds(now, 60), muteRate: null });
  expect(await endMutes(installation)).toBe(0);
  later(60);
  expect(await endMutes(installation)).toBe(1);
  expect(await endMutes(installation)).toBe(0);
  expect(await shown()).toMatchObject({ state: "open", muteUntil: null });

  await muteFailure(installation, operator, id, { until: addSeconds(now, 60) });
  later(30);
  const succeeded = [succeededHandshake(now.getTime(), { clientId: "c1" })];
  await storeEvents(installation, handshakeBatch([], { succeeded }));
  expect(await shown()).toMatchObject({ state: "muted", lastSuccessAt: now });
  later(30);
  expect(await endMutes(installation)).toBe(1);
  expect(await shown()).toMatchObject({ state: "resolved", stateBy: "handshake" });
});

test("a mute until it gets worse keeps the pace of then", async () => {
  for (let hour = 0; hour < 6; hour++) {
    later(3_600);
    await fail(20);
  }
  await muteFailure(installation, operator, id, { untilWorse: true });
  const { muteRate } = await shown();
  expect(muteRate).toBeGreaterThan(15);
  later(3_600);
  await fail(20);
  expect(await shown()).toMatchObject({ state: "muted", muteRate });
  later(600);
  await fail(100);
  const worse = await shown();
  expect(worse).toMatchObject({ state: "open", muteRate: null, stateBy: "traffic", regressions: 0 });
  expect(worse.changes[0]?.why).toContain("It got worse");
});

test("a mute says how long, in the future and within a year, and only of what is not over", async () => {
  const refused = (input: Parameters<typeof muteFailure>[3]) =>
    expect((async () => muteFailure(installation, operator, id, input))()).rejects;
  await refused({}).toMatchObject({ code: "malformed", violations: [{ field: "until" }] });
  await refused({ until: now }).toMatchObject({ code: "malformed" });
  await refused({ until: new Date(Number.NaN) }).toMatchObject({ code: "malformed" });
  await refused({ until: addSeconds(now, 400 * 86_400) }).toMatchObject({ code: "malformed" });
  await expect(unmuteFailure(installation, operator, id)).rejects.toMatchObject({ code: "conflict" });
  await muteFailure(installation, operator, id, { untilWorse: true, until: addSeconds(now, 60) });
  await unmuteFailure(installation, operator, id);
  expect(await shown()).toMatchObject({ state: "open", muteUntil: null, muteRate: null });
  await resolveFailure(installation, operator, id);
  await refused({ untilWorse: true }).toMatchObject({ code: "conflict" });
});

test("it is assigned to people with an active account, and stays so when it comes back", async () => {
  const user = { email: "ann@example.test", emailVerified: true, createdAt: now, updatedAt: now };
  await installation.database.write((transaction) =>
    transaction.user.createMany({
      data: [
        { ...user, id: "ann", name: "Ann" },
        { ...user, id: "bob", name: "Bob", email: "bob@example.test", status: "disabled" },
      ],
    }),
  );
  await assignFailure(installation, operator, id, "ann");
  for (const nobody of ["bob", "carl"]) {
    await expect(assignFailure(installation, operator, id, nobody)).rejects.toMatchObject({
      code: "malformed",
      violations: [{ field: "assignee" }],
    });
  }
  expect(await assignees(installation, operator)).toEqual([{ id: "ann", name: "Ann" }]);
  await expect(assignees(installation, testActor("viewer"))).rejects.toMatchObject({ code: "forbidden" });
  // The second of two who take it is told.
  await expect(assignFailure(installation, operator, id, null, null)).rejects.toMatchObject({
    ...{ code: "conflict", message: expect.stringContaining("Ann") },
  });
  await assignFailure(installation, operator, id, "ann", "ann");
  await resolveFailure(installation, operator, id);
  later(60);
  await fail();
  expect(await shown()).toMatchObject({ state: "open", assignee: { id: "ann", name: "Ann" } });
  await assignFailure(installation, operator, id, null);
  expect((await shown()).assignee).toBeNull();
  await expect(assignFailure(installation, operator, "none", null)).rejects.toMatchObject({
    code: "notFound",
  });
});
