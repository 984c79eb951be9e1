import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { cancelRun, retryFailed } from "#lib/authority/bulk-change.ts";
import { claimItems, LEASE_SECONDS, recordResults } from "#lib/authority/bulk-claim.ts";
import { startIssuance } from "#lib/authority/bulk-file-start.ts";
import { issuePiece } from "#lib/authority/bulk-issue-work.ts";
import { destroyOldKeys } from "#lib/authority/bulk-keys.ts";
import { previewRenewals } from "#lib/authority/bulk-preview.ts";
import { getRun, listItems, listRuns } from "#lib/authority/bulk-read.ts";
import { type Selection, startAnnotation, startRenewal, startUndo } from "#lib/authority/bulk-start.ts";
import { actorOfRun } from "#lib/authority/bulk-work.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { setProfileStatus } from "#lib/authority/profile-change.ts";
import { renewWithSameKey } from "#lib/authority/renew.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { annotateCertificates } from "#lib/inventory/annotate.ts";
import { listCertificates } from "#lib/inventory/certificate-list.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");
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

const context = () => ({ installation, issuer, actor: admin });
const runToTheEnd = (id: string) => advanceRun(context(), id, 60_000);
const csv = (...rows: string[]) => ({
  text: rows.join("\n"),
  profile: "server",
  keyAlgorithm: "ecdsa-p256" as const,
  leaveOutWarned: false,
});
const issue = async (name: string) =>
  (
    await issueWithKeyMadeHere(issuer, admin, {
      profile: "server",
      subject: [],
      names: [{ type: "dns", value: name }],
      keyAlgorithm: "ecdsa-p256",
    })
  ).issued.id;
const named = (value: string) =>
  installation.database.read.certificateName.count({ where: { value, certificate: { status: "issued" } } });
const itemsOf = async (id: string) => (await listItems(installation, admin, id)).items;
const ownership = async (id: string) => {
  const row = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id },
    select: { cohort: { select: { owner: true, tags: true } } },
  });
  return { owner: row.cohort?.owner, tags: row.cohort?.tags.split("\n").filter((tag) => tag !== "") };
};

test("rows of a file become certificates with names, life, owner and tags", async () => {
  const id = await startIssuance(
    installation,
    admin,
    csv(
      "name,names,days,owner,tags",
      "a.bulk.test,b.bulk.test 192.0.2.1,30,Team A,red blue",
      "c.bulk.test,,,,",
    ),
  );
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", total: 2, done: 2, failed: 0 });
  const [first, second] = await itemsOf(id);
  expect(first).toMatchObject({ label: "a.bulk.test", status: "done", message: "", line: 2 });
  expect(await ownership(first?.certificateId ?? "")).toEqual({ owner: "Team A", tags: ["blue", "red"] });
  expect(await ownership(second?.certificateId ?? "")).toEqual({ owner: "", tags: [] });
  const certificate = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: first?.certificateId ?? "" },
    include: { names: { orderBy: { id: "asc" } } },
  });
  expect(certificate.names.map((name) => `${name.type}:${name.value}`)).toEqual([
    "dns:a.bulk.test",
    "dns:b.bulk.test",
    "ip:192.0.2.1",
  ]);
  const days = (certificate.notAfter.getTime() - clock.now().getTime()) / 86_400_000;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThan(30.1);
  expect((await listRuns(installation, admin)).runs[0]?.id).toBe(id);
});

test("several windows at once issue every row exactly once", async () => {
  const rows = Array.from({ length: 120 }, (_, number) => `twice-${number}.bulk.test`);
  const id = await startIssuance(installation, admin, csv("name", ...rows));
  await Promise.all([runToTheEnd(id), runToTheEnd(id), runToTheEnd(id)]);
  expect(await getRun(installation, admin, id)).toMatchObject({
    status: "finished",
    done: 120,
    counts: { done: 120, waiting: 0, working: 0, failed: 0 },
  });
  for (const name of rows) expect(await named(name)).toBe(1);
});

test("what a process that died had issued is recognised, and the rest is taken up when its lease is over", async () => {
  const id = await startIssuance(
    installation,
    admin,
    csv("name", "d1.bulk.test", "d2.bulk.test", "d3.bulk.test"),
  );
  const run = await getRun(installation, admin, id);
  // It issues the first of three and dies before it records anything.
  const { lease, items } = await claimItems(installation, id, 3, true);
  const acting = { ...context(), actor: actorOfRun(admin, id) };
  await issuePiece(acting, { run, lease, items: items.slice(0, 1) });
  expect(await named("d1.bulk.test")).toBe(1);

  // Nobody takes its work away while it may still be alive.
  expect(await runToTheEnd(id)).toMatchObject({ worked: false, done: 0, status: "running" });
  ahead += LEASE_SECONDS + 1;
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", done: 3, failed: 0 });
  for (const name of ["d1.bulk.test", "d2.bulk.test", "d3.bulk.test"]) expect(await named(name)).toBe(1);

  // It was only slow: what it says now counts no more, and what it does now takes place no second time.
  const late = await issuePiece(acting, { run, lease, items });
  expect(late.map((result) => result.status)).toEqual(["done", "done", "done"]);
  expect(await recordResults(installation, id, lease, late)).toMatchObject({ done: 3 });
  for (const name of ["d1.bulk.test", "d2.bulk.test", "d3.bulk.test"]) expect(await named(name)).toBe(1);
});

test("two processes that hold the same row issue one certificate, with the key that is kept", async () => {
  const id = await startIssuance(installation, admin, csv("name", "race.bulk.test"));
  const run = await getRun(installation, admin, id);
  const slow = await claimItems(installation, id, 1, true);
  ahead += LEASE_SECONDS + 1;
  const quick = await claimItems(installation, id, 1, true);
  expect(quick.items[0]?.certificateId).toBe(slow.items[0]?.certificateId);
  const acting = { ...context(), actor: actorOfRun(admin, id) };
  await Promise.all([
    issuePiece(acting, { run, ...quick }).then((results) =>
      recordResults(installation, id, quick.lease, results),
    ),
    issuePiece(acting, { run, ...slow }).then((results) =>
      recordResults(installation, id, slow.lease, results),
    ),
  ]);
  expect(await getRun(installation, admin, id)).toMatchObject({ status: "finished", done: 1 });
  expect(await named("race.bulk.test")).toBe(1);
});

test("an issuance that was given up is issued under another id", async () => {
  const id = await startIssuance(installation, admin, csv("name", "given-up.bulk.test"));
  const { items } = await claimItems(installation, id, 1, true);
  const old = items[0]?.certificateId ?? "";
  const template = await installation.database.read.certificate.findFirstOrThrow({
    where: { kind: "end-entity" },
  });
  await installation.database.write((transaction) =>
    transaction.certificate.create({
      data: {
        ...template,
        id: old,
        serial: "0badcafe",
        sha256: null,
        sha1: null,
        status: "abandoned",
        cohortId: null,
      },
    }),
  );
  ahead += LEASE_SECONDS + 1;
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", done: 1 });
  const [item] = await itemsOf(id);
  expect(item?.certificateId).not.toBe(old);
  expect(await named("given-up.bulk.test")).toBe(1);
});

test("cancelling keeps what is done and does nothing more", async () => {
  const rows = Array.from({ length: 60 }, (_, number) => `cancel-${number}.bulk.test`);
  const id = await startIssuance(installation, admin, csv("name", ...rows));
  const { done } = await advanceRun(context(), id);
  expect(done).toBe(48);
  await cancelRun(installation, admin, id);
  expect(await runToTheEnd(id)).toMatchObject({ status: "cancelled", done: 48, worked: false });
  expect((await getRun(installation, admin, id)).counts).toMatchObject({ done: 48, waiting: 12 });
  expect(await named("cancel-59.bulk.test")).toBe(0);
  await expect(cancelRun(installation, admin, id)).rejects.toMatchObject({ code: "conflict" });
  await expect(retryFailed(installation, admin, id)).rejects.toMatchObject({ code: "conflict" });
});

test("what a process that died had issued belongs to the run although it was cancelled since", async () => {
  const id = await startIssuance(
    installation,
    admin,
    csv("name,owner,tags", "dc1.bulk.test,Ops,red", "dc2.bulk.test,,", "dc3.bulk.test,,"),
  );
  const run = await getRun(installation, admin, id);
  const { lease, items } = await claimItems(installation, id, 2, true);
  const acting = { ...context(), actor: actorOfRun(admin, id) };
  await issuePiece(acting, { run, lease, items: items.slice(0, 1) });
  await annotateCertificates(installation, admin, [items[0]?.certificateId ?? ""], {
    owner: "",
    removeTags: ["red"],
  });

  await cancelRun(installation, admin, id);
  expect((await itemsOf(id)).map(({ status }) => status)).toEqual(["done", "working", "waiting"]);
  expect(await getRun(installation, admin, id)).toMatchObject({ done: 1, status: "cancelled" });
  expect(await ownership(items[0]?.certificateId ?? "")).toEqual({ owner: "Ops", tags: ["red"] });

  ahead += LEASE_SECONDS + 1;
  await destroyOldKeys(installation);
  expect(await itemsOf(id)).toMatchObject([
    { status: "done", certificateId: items[0]?.certificateId },
    { status: "skipped", message: "The run was cancelled before it was done." },
    { status: "waiting" },
  ]);
  expect(await getRun(installation, admin, id)).toMatchObject({ done: 2, failed: 0 });
});

test("what was changed by a process that died can be undone although the run was cancelled since", async () => {
  const [first, second] = await Promise.all(["dc4", "dc5"].map((name) => issue(`${name}.bulk.test`)));
  const ids = [first ?? "", second ?? ""];
  const id = await startAnnotation(installation, admin, { ids }, { addTags: ["half"] });
  await claimItems(installation, id, 2, false);
  await annotateCertificates(installation, actorOfRun(admin, id), ids.slice(0, 1), { addTags: ["half"] });
  await cancelRun(installation, admin, id);
  await expect(startUndo(installation, admin, id)).rejects.toMatchObject({ code: "conflict" });
  ahead += LEASE_SECONDS + 1;
  await runToTheEnd(await startUndo(installation, admin, id));
  expect((await ownership(ids[0] ?? "")).tags).toEqual([]);
});

test("what fails says why, and can be tried again", async () => {
  const id = await startIssuance(
    installation,
    admin,
    csv("name,profile", "ok.bulk.test,server", "f.bulk.test,both"),
  );
  const both = await installation.database.read.certificateProfile.findUniqueOrThrow({
    where: { slug: "both" },
  });
  await setProfileStatus(installation, admin, both.id, both.version, "retired");
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", done: 1, failed: 1 });
  const [item] = (await listItems(installation, admin, id, { status: "failed" })).items;
  expect(item).toMatchObject({ label: "f.bulk.test", certificateId: null });
  expect(item?.message).toContain("is retired");
  await setProfileStatus(installation, admin, both.id, both.version + 1, "active");
  await retryFailed(installation, admin, id);
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", done: 2, failed: 0 });
  expect(await named("f.bulk.test")).toBe(1);
});

test("a renewal of many passes over what cannot be renewed, and says so before and after", async () => {
  const fresh = await issue("r1.bulk.test");
  const renewed = await issue("r2.bulk.test");
  await renewWithSameKey(installation, issuer, admin, renewed);
  const { certificateId: authority } = await installation.database.read.authority.findFirstOrThrow();
  const selection = { ids: [fresh, renewed, authority, fresh] };
  expect(await previewRenewals(installation, admin, selection)).toEqual({
    count: 3,
    renewable: 1,
    obstacles: { renewed: 1, authority: 1 },
    more: false,
  });
  const id = await startRenewal(installation, admin, selection);
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", total: 3, done: 3, failed: 0 });
  const [first, second, third] = await itemsOf(id);
  expect(first).toMatchObject({ status: "done", replacesId: fresh });
  expect(second).toMatchObject({ status: "skipped", message: "It has been renewed already." });
  expect(third).toMatchObject({ status: "skipped", certificateId: null });
  const successor = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: first?.certificateId ?? "" },
  });
  expect(successor.replacesId).toBe(fresh);
});

test("a forecast that takes too long stops and says that there are more", async () => {
  const first = await issue("long1.bulk.test");
  const ids = [first, ...Array.from({ length: 600 }, (_, place) => `none-${place}`)];
  expect(await previewRenewals(installation, admin, { ids }, 0)).toMatchObject({ count: 500, more: true });
  expect(await previewRenewals(installation, admin, { ids })).toMatchObject({ count: 601, more: false });
});

test("a renewal whose process died is not renewed again", async () => {
  const old = await issue("r3.bulk.test");
  const id = await startRenewal(installation, admin, { ids: [old] });
  const { items } = await claimItems(installation, id, 1, true);
  await issuer.issue({
    profile: "server",
    names: [{ type: "dns", value: "r3.bulk.test" }],
    key: { spki: (await import("#lib/x509/key.ts").then((key) => key.generateKeyPair("ecdsa-p256"))).spki },
    source: "system",
    actor: admin,
    replacesId: old,
    certificateId: items[0]?.certificateId ?? "",
  });
  ahead += LEASE_SECONDS + 1;
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", done: 1 });
  expect((await itemsOf(id))[0]).toMatchObject({ status: "done", certificateId: items[0]?.certificateId });
  expect(await named("r3.bulk.test")).toBe(2);
});

test("all that a filter matches is tagged, although the tag changes what it matches", async () => {
  const names = Array.from({ length: 30 }, (_, number) => `filter-${number}.tagged.test`);
  await Promise.all(names.map(issue));
  const all = { query: "q=tagged.test" };
  const id = await startAnnotation(installation, admin, all, { addTags: ["wave-1"], owner: "Ops" });
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", total: 30, done: 30 });
  const again = await startAnnotation(
    installation,
    admin,
    { query: "tag=wave-1" },
    { removeTags: ["wave-1"], addTags: ["wave-2"] },
  );
  expect(await runToTheEnd(again)).toMatchObject({ status: "finished", total: 30, done: 30 });
  const { certificates } = await listCertificates(installation, admin, { limit: 200 });
  const tagged = certificates.filter((certificate) => certificate.displayName.endsWith(".tagged.test"));
  expect(tagged).toHaveLength(30);
  expect(new Set(tagged.map(({ owner, tags }) => `${owner} ${tags}`))).toEqual(new Set(["Ops wave-2"]));
});

test("undoing puts back what the run changed, and leaves what others changed since", async () => {
  const [plain, owned, changed] = await Promise.all(
    ["u1", "u2", "u3"].map((name) => issue(`${name}.bulk.test`)),
  );
  const ids = [plain ?? "", owned ?? "", changed ?? ""];
  await annotateCertificates(installation, admin, [ids[1] ?? ""], {
    owner: "Before",
    addTags: ["kept", "old"],
  });
  const id = await startAnnotation(
    installation,
    admin,
    { ids },
    { owner: "After", addTags: ["new"], removeTags: ["old"] },
  );
  await runToTheEnd(id);
  await annotateCertificates(installation, admin, [ids[2] ?? ""], {
    owner: "Somebody else",
    addTags: ["later"],
  });

  const undo = await startUndo(installation, admin, id);
  expect(await runToTheEnd(undo)).toMatchObject({ status: "finished", total: 3, done: 3 });
  expect(await ownership(ids[0] ?? "")).toEqual({ owner: "", tags: [] });
  expect(await ownership(ids[1] ?? "")).toEqual({ owner: "Before", tags: ["kept", "old"] });
  expect(await ownership(ids[2] ?? "")).toEqual({ owner: "Somebody else", tags: ["later"] });
  await expect(startUndo(installation, admin, id)).rejects.toMatchObject({ code: "conflict" });
});

test("a change that a dead process made without recording it counts as done and can be undone", async () => {
  const certificate = await issue("u4.bulk.test");
  const id = await startAnnotation(installation, admin, { ids: [certificate] }, { addTags: ["dead"] });
  await claimItems(installation, id, 1, false);
  await annotateCertificates(installation, actorOfRun(admin, id), [certificate], { addTags: ["dead"] });
  ahead += LEASE_SECONDS + 1;
  expect(await runToTheEnd(id)).toMatchObject({ status: "finished", done: 1 });
  expect((await itemsOf(id))[0]).toMatchObject({ status: "done", certificateId: certificate });
  await runToTheEnd(await startUndo(installation, admin, id));
  expect((await ownership(certificate)).tags).toEqual([]);
});

test("who may not, starts, continues and cancels nothing", async () => {
  const viewer = testActor("viewer");
  const forbidden = { code: "forbidden" };
  const certificate = await issue("p.bulk.test");
  const id = await startRenewal(installation, admin, { ids: [certificate] });
  await expect(advanceRun({ ...context(), actor: viewer }, id)).rejects.toMatchObject(forbidden);
  await expect(cancelRun(installation, viewer, id)).rejects.toMatchObject(forbidden);
  await expect(startIssuance(installation, viewer, csv("name", "x.test"))).rejects.toMatchObject(forbidden);
  expect(() => startRenewal(installation, viewer, { ids: [certificate] })).toThrow(
    expect.objectContaining(forbidden),
  );
  expect(() => startAnnotation(installation, viewer, { ids: [certificate] }, { owner: "x" })).toThrow(
    expect.objectContaining(forbidden),
  );
  await cancelRun(installation, admin, id);
});

test.each<[string, Selection, object]>([
  ["no certificates", { ids: [] }, { owner: "x" }],
  [
    "too many picked one by one",
    { ids: Array.from({ length: 501 }, (_, place) => `c${place}`) },
    { owner: "x" },
  ],
  ["an unknown filter", { query: "status=nonsense" }, { owner: "x" }],
  ["no change", { query: "" }, {}],
  ["a tag to add and to remove", { query: "" }, { addTags: ["a"], removeTags: ["a"] }],
  ["a tag with a blank", { query: "" }, { addTags: ["A B"] }],
])("%s is refused before anything is done", async (_, selection, change) => {
  const before = await installation.database.read.bulkRun.count();
  await expect((async () => startAnnotation(installation, admin, selection, change))()).rejects.toMatchObject(
    { code: "malformed" },
  );
  expect(await installation.database.read.bulkRun.count()).toBe(before);
});
