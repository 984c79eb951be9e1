import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AllowlistFiles } from "#lib/access/allowlist/allowlist-files.ts";
import { allowlistTime, settleVersion } from "#lib/access/allowlist/allowlist-version.ts";
import { AllowlistWatch } from "#lib/access/allowlist/allowlist-watch.ts";
import { accessState } from "#lib/access/allowlist/candidates.ts";
import { createClient } from "#lib/access/client-change.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";

const admin = testActor("admin");
let now: Date;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let asked: { serviceId: string; service: string; format: "haproxy" };
let clientId: string;

beforeEach(async () => {
  now = truncateToSecond(new Date());
  installation = await testInstallation(clock);
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  asked = { serviceId, service: "payments", format: "haproxy" };
  clientId = await createClient(installation, admin, { name: "Billing" });
  await createGrant(installation, admin, { clientId, serviceId });
});
afterEach(() => installation.close());

/** An instance of its own on the same database. */
async function instance(its: Installation = installation) {
  const access = new AccessSnapshot(its, 3_600_000);
  await access.follow();
  return { access, files: new AllowlistFiles(its, access) };
}

const textOf = ({ pieces }: { pieces: Buffer[] }) => Buffer.concat(pieces).toString("utf8");

test("two instances give the same list the same number, to the last octet", async () => {
  const [one, other] = [await instance(), await instance()];
  const first = await one.files.present(asked);
  now = addSeconds(now, 10);
  const second = await other.files.present(asked);
  expect(second).toMatchObject({ version: 1, etag: first.etag });
  expect(textOf(second)).toBe(textOf(first));
});

test("a list of an older state never follows one of a newer", async () => {
  const body = (sha256: string) => ({ sha256, entries: 1, leftOut: [] });
  const old = await accessState(installation.database);
  await suspendClient(installation, admin, clientId);
  const state = await accessState(installation.database);
  const settle = (sha256: string, at: Date, of = state) =>
    settleVersion(installation, asked, body(sha256), { at, state: of });
  expect(await settle("aa", now)).toMatchObject({ version: 1 });
  expect(await settle("bb", now, old)).toBeNull();
  expect(await settle("bb", addSeconds(now, -1))).toBeNull();
  expect(await settle("bb", now)).toMatchObject({ version: 2 });
  // While everything changes all the time the later one counts.
  expect(await settle("cc", addSeconds(now, 1), old)).toMatchObject({
    version: 3,
    madeAt: addSeconds(now, 1),
  });
  expect(await settle("cc", now)).toMatchObject({ version: 3 });
});

test("a clock that was wrong once keeps no list from being made", async () => {
  const state = await accessState(installation.database);
  const settle = (sha256: string, at: Date) =>
    settleVersion(installation, asked, { sha256, entries: 1, leftOut: [] }, { at, state });
  const present = now;
  now = addSeconds(now, 86_400 * 365);
  expect(await settle("aa", now)).toMatchObject({ version: 1 });
  now = present;
  expect(await allowlistTime(installation, asked)).toEqual(present);
  expect(await settle("bb", now)).toMatchObject({ version: 2, madeAt: present });
  // One that is a little ahead is waited for no longer than it is ahead.
  expect(await settle("cc", addSeconds(now, 5))).toMatchObject({ version: 3 });
  expect(await allowlistTime(installation, asked)).toEqual(addSeconds(now, 5));
});

test("what only the head tells of is told without a new version", async () => {
  const { files, access } = await instance();
  expect(await files.present(asked)).toMatchObject({ version: 1 });
  await addCredential(installation, admin, clientId, { kind: "certificate", sha256: "ab".repeat(32) });
  await access.follow();
  const file = await files.present(asked);
  expect(textOf(file)).toContain(`# left-out certificate-not-in-inventory ${clientId}/Billing\n`);
  expect(await installation.database.read.allowlist.findFirst()).toMatchObject({
    version: 1,
    unexpressed: 1,
  });
});

test("without the database the last list is served as long as decisions are made", async () => {
  let isAway = false;
  const database = new Proxy(installation.database, {
    get(target, property, receiver) {
      if (isAway && property === "read") throw Object.assign(new Error("away"), { code: "P1001" });
      return Reflect.get(target, property, receiver);
    },
  });
  const { files } = await instance({ ...installation, database });
  const file = await files.present(asked);
  isAway = true;
  expect(await files.present(asked)).toBe(file);
  await expect(files.present({ ...asked, service: "other", serviceId: "other" })).rejects.toThrow("away");
  now = addSeconds(now, 3_600);
  await expect(files.present(asked)).rejects.toThrow("away");
});

test("while the snapshot is behind, the last list is served until it has caught up", async () => {
  const { files, access } = await instance();
  const file = await files.present(asked);
  await suspendClient(installation, admin, clientId);
  expect(await files.present(asked)).toBe(file);
  await access.follow();
  expect(await files.present(asked)).toBe(file);
});

test("when too many wait, the next is answered at once", async () => {
  const { files } = await instance();
  const watch = new AllowlistWatch(installation, files, 1);
  const gone = new AbortController();
  const waiting = watch.next(asked, () => true, 60_000, gone.signal);
  await expect.poll(() => watch.waiting).toBe(1);
  expect((await watch.next(asked, () => true, 60_000, gone.signal)).version).toBe(1);
  gone.abort();
  expect((await waiting).version).toBe(1);
  expect(watch.waiting).toBe(0);
  await watch.end();
});
