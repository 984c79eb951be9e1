import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { listAuditEvents } from "#lib/audit/read.ts";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { cancelRun } from "#lib/authority/bulk-change.ts";
import { claimItems, LEASE_SECONDS } from "#lib/authority/bulk-claim.ts";
import { getRun, listItems } from "#lib/authority/bulk-read.ts";
import { type BulkRevocation, previewRevocation, startRevocation } from "#lib/authority/bulk-revoke-start.ts";
import { revokePiece } from "#lib/authority/bulk-revoke-work.ts";
import { settleCancelled } from "#lib/authority/bulk-settle.ts";
import { actorOfRun } from "#lib/authority/bulk-work.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";

let installation: TestInstallation;
let issuer: Issuer;
let ahead = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), ahead) };
const admin = testActor("admin");
let number = 0;

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const issue = (prefix = "bulk") => issueNamed(issuer, admin, `${prefix}-${number++}.revoke.test`);
const several = (count: number, prefix?: string) =>
  Promise.all(Array.from({ length: count }, () => issue(prefix)));
const context = () => ({ installation, issuer, actor: admin });
const runToTheEnd = (id: string) => advanceRun(context(), id, 60_000);
const itemsOf = async (id: string) => (await listItems(installation, admin, id)).items;
const revocationsOf = (ids: string[]) =>
  installation.database.read.revocation.findMany({ where: { certificateId: { in: ids } } });
const revokedEvents = async (id: string) =>
  (await listAuditEvents(installation, admin, { object: { kind: "certificate", id } })).events.filter(
    ({ action }) => action === "certificate.revoked",
  );
const compromised: BulkRevocation = { kind: "revoke", reason: "keyCompromise", comment: "one host lost" };

test("all that a filter matches is revoked, each with its own event, and the run says what it did", async () => {
  const ids = await several(45, "filtered");
  const invalidAt = addSeconds(clock.now(), -60);
  const run = await startRevocation(
    installation,
    admin,
    { query: "q=filtered" },
    { ...compromised, invalidAt },
  );
  expect(await runToTheEnd(run)).toMatchObject({ status: "finished", total: 45, done: 45, failed: 0 });
  const revocations = await revocationsOf(ids);
  expect(revocations).toHaveLength(45);
  for (const revocation of revocations) {
    expect(revocation).toMatchObject({ reason: "keyCompromise", comment: "one host lost", invalidAt });
  }
  for (const id of ids.slice(0, 3)) {
    expect(await revokedEvents(id)).toEqual([expect.objectContaining({ requestId: run })]);
  }
  const [item] = await itemsOf(run);
  expect(item).toMatchObject({ status: "done", message: "", replacesId: null });
  expect(ids).toContain(item?.certificateId);
});

test("what cannot be revoked is foretold by the preview and passed over with its reason", async () => {
  const [good, held, revoked, foreign] = (await several(4)) as [string, string, string, string];
  await holdCertificate(installation, admin, held, {});
  await revokeCertificate(installation, admin, revoked, { reason: "superseded" });
  await installation.database.write((transaction) =>
    transaction.certificate.update({ where: { id: foreign }, data: { issuerId: null } }),
  );
  const { certificateId: authority } = await installation.database.read.authority.findFirstOrThrow({
    where: { kind: "intermediate" },
  });
  const ids = [good, held, revoked, foreign, authority];
  expect(await previewRevocation(installation, admin, { ids }, { kind: "hold" })).toEqual({
    count: 5,
    possible: 1,
    obstacles: { held: 1, revoked: 1, foreign: 1, authority: 1 },
    more: false,
  });
  expect(await previewRevocation(installation, admin, { ids }, { kind: "release" })).toMatchObject({
    possible: 1,
    obstacles: { "not-held": 1, revoked: 1, foreign: 1, authority: 1 },
  });
  expect(
    await previewRevocation(
      installation,
      admin,
      { ids },
      { ...compromised, reason: "cACompromise", comment: "" },
    ),
  ).toMatchObject({ possible: 0, obstacles: { reason: 2 } });
  expect(
    await previewRevocation(
      installation,
      admin,
      { ids },
      { ...compromised, invalidAt: addSeconds(clock.now(), -86_400) },
    ),
  ).toMatchObject({ possible: 0, obstacles: { invalidAt: 2 } });

  const run = await startRevocation(installation, admin, { ids }, { kind: "revoke", reason: "superseded" });
  await runToTheEnd(run);
  const items = await itemsOf(run);
  expect(items.map(({ status }) => status)).toEqual(["done", "done", "skipped", "skipped", "skipped"]);
  expect(items[4]?.message).toContain("belongs to an authority");
  expect(await revocationsOf([authority])).toEqual([]);
});

test("many are held and released again", async () => {
  const ids = await several(3, "suspected");
  await runToTheEnd(await startRevocation(installation, admin, { ids }, { kind: "hold", comment: "why" }));
  expect((await revocationsOf(ids)).map(({ reason }) => reason)).toEqual(Array(3).fill("certificateHold"));
  const run = await startRevocation(
    installation,
    admin,
    { query: "status=held&q=suspected" },
    { kind: "release" },
  );
  expect(await runToTheEnd(run)).toMatchObject({ total: 3, done: 3 });
  expect(await revocationsOf(ids)).toEqual([]);
});

test("what a process that died had revoked is done and revoked once, whoever takes the run up", async () => {
  const ids = await several(4, "died");
  const runId = await startRevocation(installation, admin, { ids }, compromised);
  const run = await getRun(installation, admin, runId);
  const { lease, items } = await claimItems(installation, runId, 4, false);
  const acting = { ...context(), actor: actorOfRun(admin, runId) };
  await revokePiece(acting, { run, lease, items: items.slice(0, 2) });
  expect(await revocationsOf(ids)).toHaveLength(2);
  ahead += LEASE_SECONDS + 1;
  await Promise.all([runToTheEnd(runId), runToTheEnd(runId)]);
  expect(await getRun(installation, admin, runId)).toMatchObject({
    status: "finished",
    counts: { done: 4, skipped: 0 },
  });
  for (const id of ids) expect(await revokedEvents(id)).toHaveLength(1);
});

test("of a cancelled run what was revoked counts as done, the rest stays as it is", async () => {
  const ids = await several(3, "cancelled");
  const runId = await startRevocation(installation, admin, { ids }, compromised);
  const run = await getRun(installation, admin, runId);
  const { lease, items } = await claimItems(installation, runId, 3, false);
  await revokePiece(
    { ...context(), actor: actorOfRun(admin, runId) },
    { run, lease, items: items.slice(0, 1) },
  );
  await cancelRun(installation, admin, runId);
  ahead += LEASE_SECONDS + 1;
  await settleCancelled(installation, runId);
  expect((await getRun(installation, admin, runId)).counts).toMatchObject({ done: 1, skipped: 2 });
  expect(await revocationsOf(ids)).toHaveLength(1);
});

test("who may only hold starts no revocation, and a change that says nothing right is refused at once", async () => {
  const ids = [await issue()];
  const operator = testActor("operator");
  expect(() => startRevocation(installation, operator, { ids }, compromised)).toThrow(/permission/);
  await startRevocation(installation, operator, { ids }, { kind: "hold" });
  const future = addSeconds(clock.now(), 60);
  expect(() => startRevocation(installation, admin, { ids }, { ...compromised, invalidAt: future })).toThrow(
    /future/,
  );
  expect(() =>
    startRevocation(installation, admin, { ids }, { ...compromised, comment: "x".repeat(501) }),
  ).toThrow(/500/);
});
