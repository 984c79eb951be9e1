import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { DecisionCounts } from "#lib/access/decision-counts.ts";
import { decisionHealth, decisionProblem } from "#lib/access/decision-health.ts";
import { recentOutages, recordOutages } from "#lib/access/decision-outage.ts";
import { createService } from "#lib/access/service-change.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";

let now: Date;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let access: AccessSnapshot;
let counts: DecisionCounts;

beforeEach(async () => {
  now = truncateToSecond(new Date());
  installation = await testInstallation(clock);
  access = new AccessSnapshot(installation, 3_600_000);
  counts = new DecisionCounts();
  recordOutages(installation, access, counts);
});
afterEach(() => installation.close());

const outages = () => recentOutages(installation.database.read, now);

test("an outage is on record with what was decided meanwhile, once it is over", async () => {
  counts.count("granted");
  access.onFollowed(null);
  const since = now;
  for (const reason of ["granted", "not-granted", "fail-open"] as const) counts.count(reason);
  now = addSeconds(now, 60);
  access.onFollowed(since);
  await expect.poll(outages).toEqual([{ since, until: now, decisions: 3, failOpen: 1 }]);
  access.onFollowed(null);
  now = addSeconds(now, 86_400);
  expect(await outages()).toEqual([]);
});

test("a restart of the database is no event, unless somebody was let in for lack of it", async () => {
  access.onFollowed(null);
  const since = now;
  now = addSeconds(now, 2);
  access.onFollowed(since);
  counts.count("fail-open");
  access.onFollowed(since);
  await expect.poll(outages).toHaveLength(1);
  expect((await outages())[0]).toMatchObject({ decisions: 1, failOpen: 1 });
});

test("somebody let in although the database answered is an event, and those of the next minute are another", async () => {
  access.onFollowed(null);
  const since = now;
  counts.count("fail-open");
  counts.count("granted");
  now = addSeconds(now, 1);
  access.onFollowed(null);
  await expect.poll(outages).toEqual([{ since, until: now, decisions: 2, failOpen: 1 }]);
  for (let time = 0; time < 3; time++) {
    counts.count("fail-open");
    access.onFollowed(null);
  }
  now = addSeconds(now, 3);
  access.onFollowed(addSeconds(now, -1));
  await expect.poll(outages).toHaveLength(2);
  expect((await outages()).map(({ failOpen }) => failOpen).sort()).toEqual([1, 3]);
});

test("who is let in for lack of an answer is told of while the database is away, and for a minute afterwards", async () => {
  const admin = testActor("admin");
  await createService(installation, admin, { slug: "payments", name: "Payments", failsOpen: true });
  await createService(installation, admin, { slug: "stock", name: "Stock" });
  await access.follow();
  const parts = { use: { lateMs: 0 }, counts };
  const health = (awaySince: Date | null) => {
    const { current, behindSince, servicesFailingOpen } = access;
    const seen = { current, behindSince, servicesFailingOpen, awaySince } as AccessSnapshot;
    return decisionHealth(installation, { ...parts, access: seen });
  };
  expect(health(null)).toMatchObject({ openServices: [], hasFailedOpen: false });
  expect(health(now).openServices).toEqual(["payments"]);
  expect(decisionProblem(health(now), now)).toMatch(/not seen before is let in at payments \(fail open\)$/);
  counts.count("fail-open");
  expect(health(null)).toMatchObject({ openServices: ["payments"], hasFailedOpen: true });
  expect(decisionProblem(health(null), now)).toMatch(
    /last minute somebody was let in at payments \(fail open\)$/,
  );
});

test("what is wrong is said in words, with who gets in all the same", async () => {
  const parts = { access, use: { lateMs: 0 }, counts };
  const said = () => decisionProblem(decisionHealth(installation, parts), now);
  expect(said()).toMatch(/^not ready/);
  await access.follow();
  expect(said()).toBeNull();
  expect(decisionProblem(decisionHealth(installation, { ...parts, use: { lateMs: 9_400 } }), now)).toMatch(
    /for 9 seconds/,
  );
  const health = { ...decisionHealth(installation, parts), awaySince: now };
  expect(decisionProblem(health, now)).toMatch(/decisions are made as things were at 2/);
  expect(decisionProblem({ ...health, awaySince: null, behindSince: now }, now)).toMatch(
    /^much changes at once: decisions are made as things were at 2/,
  );
  const later = addSeconds(now, 3_600);
  expect(decisionProblem({ ...health, openServices: ["payments"] }, later)).toMatch(
    /everybody is refused since .*let in at payments \(fail open\)/,
  );
});
