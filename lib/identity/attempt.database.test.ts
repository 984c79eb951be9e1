import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { type ChainedEvent, findFault } from "#lib/audit/chain.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { closeAttempt, closeInterruptedAttempts, openAttempt } from "#lib/identity/attempt.ts";
import { AUDIT_GENESIS } from "#lib/installation.ts";

let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation(clock);
});
afterAll(() => installation.close());

const open = (name: string) =>
  installation.database.write((transaction) =>
    openAttempt(transaction, clock.now(), {
      actor: systemActor("sign-in"),
      action: "user.signed-in",
      object: { kind: "user", id: name, name },
      details: {},
    }),
  );

test("what a crash left open is closed once, and only that", async () => {
  const finished = await open("finished");
  await closeAttempt(installation, finished, { outcome: "done", action: "user.passed-first-step" });
  await open("cut off");
  expect(await closeInterruptedAttempts(installation)).toBe(0); // may still be under way
  offsetSeconds = 61;
  await open("under way");
  expect(await closeInterruptedAttempts(installation)).toBe(1);
  expect(await closeInterruptedAttempts(installation)).toBe(0);

  const events = await installation.database.read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
  expect(events.at(-1)).toMatchObject({
    action: "user.signed-in",
    outcome: "failed",
    objectName: "cut off",
    actorId: "recovery",
  });
  expect(findFault(events as ChainedEvent[], { auditSequence: 0, auditHead: AUDIT_GENESIS })).toBeNull();

  offsetSeconds = 200;
  expect(await closeInterruptedAttempts(installation)).toBe(1);
});
