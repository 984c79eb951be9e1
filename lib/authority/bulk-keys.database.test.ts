import { createPrivateKey, X509Certificate } from "node:crypto";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { cancelRun, retryFailed } from "#lib/authority/bulk-change.ts";
import { claimItems, recordResults } from "#lib/authority/bulk-claim.ts";
import { startIssuance } from "#lib/authority/bulk-file-start.ts";
import { issuedFiles } from "#lib/authority/bulk-files.ts";
import { issuePiece } from "#lib/authority/bulk-issue-work.ts";
import { confirmKeys, destroyOldKeys, sealItemKey } from "#lib/authority/bulk-keys.ts";
import { getRun } from "#lib/authority/bulk-read.ts";
import { runResults } from "#lib/authority/bulk-results.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { setProfileStatus } from "#lib/authority/profile-change.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");
const other: UserActor = { ...admin, id: "user-other", name: "other@example.test" };
const DAY = 24 * 3600;
let ahead = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), ahead) };

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const start = (text: string, profile = "server") =>
  startIssuance(installation, admin, { text, profile, keyAlgorithm: "ecdsa-p256", leaveOutWarned: false });
async function issued(text: string, profile?: string): Promise<string> {
  const id = await start(text, profile);
  await advanceRun({ installation, issuer, actor: admin }, id, 60_000);
  return id;
}
async function bytesOf(file: Promise<{ body: AsyncGenerator<Uint8Array> }>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await file).body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const archive = async (id: string, keys: boolean) =>
  unzipSync(await bytesOf(issuedFiles(installation, admin, id, keys)));
const sealed = (id: string) =>
  installation.database.read.bulkItem.count({ where: { runId: id, sealed: { not: null } } });
const events = async (id: string) =>
  (
    await installation.database.read.auditEvent.findMany({
      where: { objectId: id },
      orderBy: { sequence: "asc" },
    })
  ).map((event) => event.action);
const stateOf = async (id: string) => (await getRun(installation, admin, id)).keys;

async function csrFor(name: string): Promise<string> {
  const { privateKey, spki } = await generateKeyPair("ecdsa-p256");
  const der = buildCertificateSigningRequest({
    privateKey,
    spki,
    algorithm: "ecdsa-p256",
    subject: [],
    names: [{ type: "dns", value: name }],
  });
  return encodePem("CERTIFICATE REQUEST", der);
}

test("every key in the archive belongs to the certificate beside it, and a signing request brings none", async () => {
  const csr = await csrFor("csr.bulk.test");
  const id = await issued(`name,names,csr\na.bulk.test,b.bulk.test,\nc.bulk.test,,\n,,"${csr}"`);
  expect(await stateOf(id)).toMatchObject({ state: "kept", count: 2 });
  const files = await archive(id, true);
  const folders = new Set(Object.keys(files).map((path) => path.split("/")[0]));
  expect(folders).toEqual(new Set(["1-a.bulk.test", "2-c.bulk.test", "3-csr.bulk.test", "certificates.csv"]));
  for (const name of ["1-a.bulk.test/a.bulk.test", "2-c.bulk.test/c.bulk.test"]) {
    const certificate = new X509Certificate(files[`${name}.crt`] ?? "");
    const key = createPrivateKey(Buffer.from(files[`${name}.key`] ?? ""));
    expect(certificate.checkPrivateKey(key)).toBe(true);
    const chain = strFromU8(files[`${name}.fullchain.pem`] ?? new Uint8Array());
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  }
  expect(Object.keys(files)).not.toContain("3-csr.bulk.test/csr.bulk.test.key");
  expect(strFromU8(files["certificates.csv"] ?? new Uint8Array())).toContain("c.bulk.test.key");
});

test("the archive without keys holds none, and may be fetched by anybody and always", async () => {
  const id = await issued("name\nopen.bulk.test");
  const viewer = testActor("viewer");
  const files = unzipSync(await bytesOf(issuedFiles(installation, viewer, id, false)));
  expect(Object.keys(files).filter((path) => path.endsWith(".key"))).toEqual([]);
  expect(await events(id)).toEqual(["bulk.started"]);
});

test("names of others become harmless file names, each once", async () => {
  const id = await issued('name\n"../../etc/passwd"\n"..\\..\\x"\n"<img src=x>"\nsame\nsame', "client");
  const paths = Object.keys(await archive(id, true));
  expect(paths).toHaveLength(5 * 3 + 1);
  for (const path of paths) {
    expect(path).toMatch(/^(?:[1-5]-[A-Za-z0-9._-]+\/)?[A-Za-z0-9._-]+$/);
    expect(path.split("/")).not.toContain("..");
  }
});

test("keys stay until the person confirms to have them, and then nobody gets them again", async () => {
  const id = await issued("name\nk1.bulk.test\nk2.bulk.test");
  await expect(confirmKeys(installation, admin, id)).rejects.toMatchObject({ code: "conflict" });
  // A download that broke can be repeated.
  await archive(id, true);
  expect(Object.keys(await archive(id, true)).filter((path) => path.endsWith(".key"))).toHaveLength(2);
  expect(await stateOf(id)).toMatchObject({ state: "handed-out", count: 2 });
  await confirmKeys(installation, admin, id);
  expect(await sealed(id)).toBe(0);
  expect(await stateOf(id)).toMatchObject({ state: "destroyed", because: "confirmed" });
  await expect(archive(id, true)).rejects.toMatchObject({ code: "expired" });
  await expect(confirmKeys(installation, admin, id)).rejects.toMatchObject({ code: "expired" });
  expect(Object.keys(await archive(id, false))).toHaveLength(5);
  expect(await events(id)).toEqual([
    "bulk.started",
    "bulk.keys-downloaded",
    "bulk.keys-downloaded",
    "bulk.keys-destroyed",
  ]);
});

test("nobody but who started the run gets its keys, not even another admin", async () => {
  const id = await issued("name\nmine.bulk.test");
  const forbidden = { code: "forbidden" };
  await expect(issuedFiles(installation, other, id, true)).rejects.toMatchObject(forbidden);
  await expect(confirmKeys(installation, other, id)).rejects.toMatchObject(forbidden);
  await expect(issuedFiles(installation, testActor("viewer"), id, true)).rejects.toMatchObject(forbidden);
  expect(await events(id)).toEqual(["bulk.started"]);
});

test("no key leaves while the run is under way; after a cancelled one those of what was issued do", async () => {
  const id = await start(
    `name\n${Array.from({ length: 60 }, (_, place) => `w${place}.bulk.test`).join("\n")}`,
  );
  await advanceRun({ installation, issuer, actor: admin }, id);
  await expect(issuedFiles(installation, admin, id, true)).rejects.toMatchObject({ code: "conflict" });
  await cancelRun(installation, admin, id);
  expect(Object.keys(await archive(id, true)).filter((path) => path.endsWith(".key"))).toHaveLength(48);
});

test("keys wait for what a process was at when the run was cancelled, dead or alive", async () => {
  const id = await start("name\nf1.bulk.test\nf2.bulk.test\nf3.bulk.test");
  const run = await getRun(installation, admin, id);
  const acting = { installation, issuer, actor: admin };
  // One process issues the first and dies; another one holds the others when the run is cancelled.
  const died = await claimItems(installation, id, 1, true);
  await issuePiece(acting, { run, ...died });
  const slow = await claimItems(installation, id, 2, true);
  const [second, third] = slow.items;
  await cancelRun(installation, admin, id);
  const wait = { code: "conflict", message: expect.stringContaining("Try again in a minute") };
  await expect(archive(id, true)).rejects.toMatchObject(wait);
  await expect(confirmKeys(installation, admin, id)).rejects.toMatchObject(wait);

  // Begun before with its key: it is finished. Without a key: it is not begun any more.
  if (second === undefined || third === undefined) throw new Error("two items were claimed");
  const { privateKey } = await generateKeyPair("ecdsa-p256");
  second.sealed = sealItemKey(installation.masterKey, second.id, privateKey);
  await installation.database.write((transaction) =>
    transaction.bulkItem.update({
      where: { id: second.id },
      data: { sealed: Buffer.from(second.sealed ?? []) },
    }),
  );
  await recordResults(installation, id, slow.lease, await issuePiece(acting, { run, ...slow }));
  expect((await getRun(installation, admin, id)).counts).toMatchObject({ done: 2, skipped: 1, working: 0 });

  const keys = Object.keys(await archive(id, true)).filter((path) => path.endsWith(".key"));
  expect(keys).toEqual(["1-f1.bulk.test/f1.bulk.test.key", "2-f2.bulk.test/f2.bulk.test.key"]);
  await confirmKeys(installation, admin, id);
  // Too late for a key: it would stay for ever.
  third.sealed = null;
  await issuePiece(acting, { run, lease: slow.lease, items: [third] });
  expect(await sealed(id)).toBe(0);
});

test("keys of a run that is cancelled after a week wait for what is under way", async () => {
  const id = await start("name\nweek1.bulk.test\nweek2.bulk.test");
  const run = await getRun(installation, admin, id);
  ahead += 7 * DAY;
  const claim = await claimItems(installation, id, 2, true);
  await issuePiece({ installation, issuer, actor: admin }, { run, ...claim, items: claim.items.slice(0, 1) });
  await destroyOldKeys(installation);
  expect(await getRun(installation, admin, id)).toMatchObject({ status: "cancelled" });
  expect(await sealed(id)).toBe(1);
});

test("nothing is tried again whose key nobody could fetch, and trying again does not keep keys longer", async () => {
  // The second row fails, as its profile is retired meanwhile.
  const failing = async (name: string) => {
    const id = await start(`name,profile\n${name}-1.bulk.test,server\n${name}-2.bulk.test,both`);
    const where = { where: { slug: "both" } };
    const both = await installation.database.read.certificateProfile.findUniqueOrThrow(where);
    await setProfileStatus(installation, admin, both.id, both.version, "retired");
    await advanceRun({ installation, issuer, actor: admin }, id, 60_000);
    await setProfileStatus(installation, admin, both.id, both.version + 1, "active");
    expect(await getRun(installation, admin, id)).toMatchObject({ failed: 1, keysAllowRetry: true });
    return id;
  };
  const refused = async (id: string, sentence: string) => {
    expect((await getRun(installation, admin, id)).keysAllowRetry).toBe(false);
    await expect(retryFailed(installation, admin, id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(sentence),
    });
  };
  const [kept, fetched] = [await failing("kept"), await failing("fetched")];
  const until = (await stateOf(kept)).until;
  await archive(fetched, true);
  await refused(fetched, "handed out");

  ahead += 6 * DAY;
  await retryFailed(installation, admin, kept);
  await destroyOldKeys(installation);
  await advanceRun({ installation, issuer, actor: admin }, kept, 60_000);
  expect(await getRun(installation, admin, kept)).toMatchObject({ status: "finished", done: 2 });
  expect((await stateOf(kept)).until).toEqual(until);

  const late = await failing("late");
  ahead += 7 * DAY - 1800;
  await refused(late, "less than an hour");
  ahead += 3600;
  await refused(late, "not kept any more");
  await destroyOldKeys(installation);
  await refused(late, "not kept any more");
  await refused(kept, "not kept any more");
});

test("a run that was long under way and is tried again is not cancelled by the next upkeep", async () => {
  const id = await start("name,profile\nlong1.bulk.test,server\nlong2.bulk.test,both");
  ahead += 6.5 * DAY;
  const both = await installation.database.read.certificateProfile.findUniqueOrThrow({
    where: { slug: "both" },
  });
  await setProfileStatus(installation, admin, both.id, both.version, "retired");
  await advanceRun({ installation, issuer, actor: admin }, id, 60_000);
  await setProfileStatus(installation, admin, both.id, both.version + 1, "active");
  ahead += DAY;
  await retryFailed(installation, admin, id);
  await destroyOldKeys(installation);
  expect((await getRun(installation, admin, id)).status).toBe("running");
  await advanceRun({ installation, issuer, actor: admin }, id, 60_000);
  expect(await stateOf(id)).toMatchObject({ state: "kept", count: 2 });
});

test("a key that comes to light later is wiped, too, and no event tells of keys that never were", async () => {
  const late = await issued("name\ncomes-late.bulk.test");
  const csr = await issued(`name,csr\n,"${await csrFor("no-key.bulk.test")}"`);
  const empty = await start("name\nnever-begun.bulk.test");
  const [item] = await installation.database.read.bulkItem.findMany({ where: { runId: late } });
  await archive(late, true);
  await confirmKeys(installation, admin, late);
  await installation.database.write((transaction) =>
    transaction.bulkItem.update({ where: { id: item?.id ?? "" }, data: { sealed: item?.sealed ?? null } }),
  );
  ahead += 8 * DAY;
  await destroyOldKeys(installation);
  expect(await sealed(late)).toBe(0);
  expect(await events(csr)).toEqual(["bulk.started"]);
  expect(await events(empty)).toEqual(["bulk.started", "bulk.cancelled"]);
  expect(await destroyOldKeys(installation)).toBe(0);
});

test("what nobody fetches within a week is destroyed, and an hour after the first download", async () => {
  const unfetched = await issued("name\nold.bulk.test");
  const fetched = await issued("name\nfetched.bulk.test");
  const unfinished = await start("name\nnever.bulk.test");
  await archive(fetched, true);
  await destroyOldKeys(installation);
  expect([await sealed(unfetched), await sealed(fetched)]).toEqual([1, 1]);

  ahead += 3601;
  await expect(archive(fetched, true)).rejects.toMatchObject({ code: "expired" });
  await destroyOldKeys(installation);
  expect([await sealed(unfetched), await sealed(fetched)]).toEqual([1, 0]);

  ahead += 7 * DAY;
  await expect(archive(unfetched, true)).rejects.toMatchObject({ code: "expired" });
  await Promise.all([destroyOldKeys(installation), destroyOldKeys(installation)]);
  expect(await sealed(unfetched)).toBe(0);
  expect(await stateOf(unfetched)).toMatchObject({ state: "destroyed", because: "expired" });
  expect((await events(unfetched)).filter((action) => action === "bulk.keys-destroyed")).toHaveLength(1);
  expect((await getRun(installation, admin, unfinished)).status).toBe("cancelled");
  expect(await destroyOldKeys(installation)).toBe(0);
});

test("a sealed key opens in its own row only", async () => {
  const id = await issued("name\nx1.bulk.test\nx2.bulk.test");
  const [first, second] = await installation.database.read.bulkItem.findMany({
    where: { runId: id },
    orderBy: { position: "asc" },
  });
  await installation.database.write((transaction) =>
    transaction.bulkItem.update({ where: { id: first?.id ?? "" }, data: { sealed: second?.sealed ?? null } }),
  );
  await expect(archive(id, true)).rejects.toThrow();
  const stored = JSON.stringify(first) + JSON.stringify(second);
  expect(stored).not.toContain("PRIVATE");
});

test("results are a table that no spreadsheet runs", async () => {
  const id = await issued('name\n"=cmd|calc"\n"@sum"', "client");
  const text = Buffer.from(await bytesOf(runResults(installation, admin, id))).toString();
  expect(text.split("\r\n")).toEqual([
    "position,line,name,status,reason,certificate,renews",
    expect.stringMatching(/^1,2,'=cmd\|calc,done,,[0-9a-z]{26},$/),
    expect.stringMatching(/^2,3,'@sum,done,,[0-9a-z]{26},$/),
    "",
  ]);
});
