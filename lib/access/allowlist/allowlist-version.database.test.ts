import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AllowlistFiles } from "#lib/access/allowlist/allowlist-files.ts";
import { allowlistBasis, allowlistTime, settleVersion } from "#lib/access/allowlist/allowlist-version.ts";
import { AllowlistWatch } from "#lib/access/allowlist/allowlist-watch.ts";
import { createClient } from "#lib/access/client-change.ts";
import { resumeClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { generateKeyPair } from "#lib/x509/key.ts";

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

test("a list follows the one on which it is based, and no other", async () => {
  const settle = (sha256: string, version: number, at = now) =>
    settleVersion(installation, asked, { sha256, entries: 1, leftOut: [] }, { version }, at);
  expect(await allowlistBasis(installation, asked)).toEqual({ version: 0, madeAt: null });
  expect(await settle("aa", 0)).toMatchObject({ version: 1 });
  expect(await settle("bb", 0, addSeconds(now, 60))).toBeNull();
  expect(await settle("bb", 1, addSeconds(now, 1))).toMatchObject({ version: 2, madeAt: addSeconds(now, 1) });
  expect(await allowlistBasis(installation, asked)).toEqual({ version: 2, madeAt: addSeconds(now, 1) });
  // What says the same is the same, wherever it comes from.
  expect(await settle("bb", 0)).toMatchObject({ version: 2 });
});

/** A client whose certificate is in the inventory. */
async function admitted(
  client = clientId,
): Promise<{ id: string; isIn(file: { pieces: Buffer[] }): boolean }> {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const { id } = await inlineIssuer(installation).issue({
    ...{ profile: "client", key: await generateKeyPair("ecdsa-p256"), source: "api", actor: admin },
    ...{ subject: [], names: [{ type: "dns", value: "billing.example" }] },
  });
  const { sha256 } = await installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
  await addCredential(installation, admin, client, { kind: "certificate", sha256: sha256 ?? "" });
  return { id, isIn: (file) => textOf(file).includes((sha256 ?? "").toUpperCase()) };
}

test.each([
  ["before it began", 1],
  ["when it had read everything", 2],
])("no instance lets somebody in again whom another refused %s", async (_, look) => {
  const { id, isIn } = await admitted();
  const one = await instance();
  expect(isIn(await one.files.present(asked))).toBe(true);
  let looks = 0;
  const allowlist = new Proxy(installation.database.read.allowlist, {
    get: (target, name) =>
      name !== "findUnique"
        ? Reflect.get(target, name)
        : async (query: Parameters<typeof target.findUnique>[0]) => {
            if (++looks === look) {
              await revokeCertificate(installation, admin, id, { reason: "keyCompromise" });
              now = addSeconds(now, 1);
              expect(isIn(await one.files.present(asked))).toBe(false);
              now = addSeconds(now, 1);
            }
            return target.findUnique(query);
          },
  });
  const read = new Proxy(installation.database.read, {
    get: (target, name) => (name === "allowlist" ? allowlist : Reflect.get(target, name)),
  });
  const other = await instance({ ...installation, database: { ...installation.database, read } });
  const file = await other.files.present(asked);
  expect(looks).toBeGreaterThanOrEqual(look);
  expect([file.version, isIn(file)]).toEqual([2, false]);
  expect(await one.files.present(asked)).toMatchObject({ version: 2 });
});

test("an instance takes up what another made, also when nothing changed but the time", async () => {
  const ending = await createClient(installation, admin, { name: "Ending", expiresAt: addSeconds(now, 60) });
  await createGrant(installation, admin, { clientId: ending, serviceId: asked.serviceId });
  const { isIn } = await admitted(ending);
  const [one, other] = [await instance(), await instance()];
  expect(isIn(await one.files.present(asked))).toBe(true);
  expect(isIn(await other.files.present(asked))).toBe(true);
  const present = now;
  // The clock of the one is ahead.
  now = addSeconds(now, 60);
  const file = await one.files.present(asked);
  expect([file.version, isIn(file)]).toEqual([2, false]);
  now = addSeconds(present, 59);
  expect(await other.files.present(asked)).toMatchObject({ version: file.version, etag: file.etag });
});

test("while everything changes all the time, lists are made all the same", async () => {
  let isSuspended = false;
  const ground = new Proxy(installation.database.read.ground, {
    get: (target, name) =>
      name !== "findUniqueOrThrow"
        ? Reflect.get(target, name)
        : async (query: Parameters<typeof target.findUniqueOrThrow>[0]) => {
            // Whoever looks at the state finds that it has just changed.
            await (isSuspended ? resumeClient : suspendClient)(installation, admin, clientId);
            isSuspended = !isSuspended;
            return target.findUniqueOrThrow(query);
          },
  });
  const read = new Proxy(installation.database.read, {
    get: (target, name) => (name === "ground" ? ground : Reflect.get(target, name)),
  });
  const { access } = await instance();
  const files = new AllowlistFiles({ ...installation, database: { ...installation.database, read } }, access);
  await access.start();
  try {
    expect(await files.present(asked)).toMatchObject({ version: 1 });
    expect(await files.present(asked)).toMatchObject({ version: 1 });
  } finally {
    await access.end();
  }
});

test("a clock that was wrong once keeps no list from being made", async () => {
  const settle = async (sha256: string, at: Date) =>
    settleVersion(
      installation,
      asked,
      { sha256, entries: 1, leftOut: [] },
      await allowlistBasis(installation, asked),
      at,
    );
  const time = async () => allowlistTime(installation, await allowlistBasis(installation, asked));
  const present = now;
  now = addSeconds(now, 86_400 * 365);
  expect(await settle("aa", now)).toMatchObject({ version: 1 });
  now = present;
  expect(await time()).toEqual(present);
  expect(await settle("bb", now)).toMatchObject({ version: 2, madeAt: present });
  // One that is a little ahead is waited for no longer than it is ahead.
  expect(await settle("cc", addSeconds(now, 5))).toMatchObject({ version: 3 });
  expect(await time()).toEqual(addSeconds(now, 5));
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
