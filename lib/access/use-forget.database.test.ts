import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { forgetOldUse } from "#lib/access/use-forget.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
const [HOUR, DAY] = [3_600, 86_400];
const START = new Date("2027-03-01T12:30:00Z");
let now = START;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;

beforeEach(async () => {
  now = START;
  installation = await testInstallation(clock);
});
afterEach(() => installation.close());

const count = () => installation.database.read.accessHour.count();

/** So many rows of the present hour. */
async function used(rows: number, clientId = "somebody", credentialId = ""): Promise<void> {
  const tally = new UseTally(installation);
  for (let row = 0; row < rows; row++) {
    const place = { clientId, credentialId, serviceId: "payments", proxyId: `proxy ${row}` };
    tally.note({ ...place, permitted: true, from: "192.0.2.7" });
  }
  await tally.end();
}

test("use by the hour is forgotten after 30 days, and the last use of a client is not", async () => {
  const clientId = await createClient(installation, admin, { name: "Billing" });
  const credentialId = await addCredential(installation, admin, clientId, {
    ...{ kind: "key", sha256: "ab".repeat(32) },
  });
  await used(1, clientId, credentialId);
  await used(600);
  now = addSeconds(START, HOUR);
  await used(3);
  now = addSeconds(START, 30 * DAY - HOUR);
  await forgetOldUse(installation);
  expect(await count()).toBe(604);
  now = addSeconds(START, 30 * DAY);
  await forgetOldUse(installation);
  expect(await count()).toBe(3);
  const { read } = installation.database;
  expect(await read.client.findUnique({ where: { id: clientId } })).toMatchObject({ lastUsedAt: START });
  expect(await read.credential.findUnique({ where: { id: credentialId } })).toMatchObject({
    lastUsedAt: START,
  });
});

test("of all instances one forgets, once an hour, and the next hour goes on with what is left", async () => {
  await used(600);
  now = addSeconds(START, 40 * DAY);
  await forgetOldUse(installation, AbortSignal.abort());
  expect(await count()).toBe(600);
  await forgetOldUse(installation);
  expect(await count()).toBe(600);
  now = addSeconds(now, HOUR);
  await Promise.all([forgetOldUse(installation), forgetOldUse(installation)]);
  expect(await count()).toBe(0);
  const runs = { where: { key: { startsWith: "forget-use@" } } };
  expect(await installation.database.read.jobRun.findMany(runs)).toMatchObject([
    { attempts: 1 },
    { attempts: 1 },
  ]);
});
