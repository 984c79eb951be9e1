import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { listAuditEvents } from "#lib/audit/read.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { annotateCertificates, NOTES_MAX, setNotes, TAGS_MAX, tagSchema } from "#lib/inventory/annotate.ts";
import { tagsOf } from "#lib/inventory/cohort.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");
let number = 0;

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

async function issue(): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = `annotated-${number++}.example.test`;
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: name }],
  });
  return (await issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" })).id;
}

async function annotationOf(id: string): Promise<{ owner: string; tags: string[]; notes: string }> {
  const { cohort, notes } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id },
    include: { cohort: true },
  });
  return { owner: cohort?.owner ?? "", tags: tagsOf(cohort?.tags ?? ""), notes };
}

const eventsOf = async (id: string) =>
  (await listAuditEvents(installation, admin, { object: { kind: "certificate", id } })).events;

test("owner and tags are set, added and taken away; only what changes is in the audit trail, and the chain holds", async () => {
  const [first, second] = [await issue(), await issue()];
  const change = { owner: " Payments team ", addTags: ["Production", "team:payments"] };
  expect(await annotateCertificates(installation, admin, [first, second, first], change)).toEqual([
    { id: first, changed: true },
    { id: second, changed: true },
  ]);
  expect(await annotationOf(first)).toMatchObject({
    owner: "Payments team",
    tags: ["production", "team:payments"],
  });
  expect(
    await annotateCertificates(installation, admin, [first], {
      addTags: ["production", "pci"],
      removeTags: ["team:payments", "unknown"],
    }),
  ).toEqual([{ id: first, changed: true }]);
  expect(await annotationOf(first)).toMatchObject({ owner: "Payments team", tags: ["pci", "production"] });
  expect(await annotateCertificates(installation, admin, [first], { addTags: ["pci"] })).toEqual([
    { id: first, changed: false },
  ]);
  const [newest, before] = await eventsOf(first);
  expect(newest).toMatchObject({
    action: "certificate.annotated",
    details: {
      before: { owner: "Payments team", tags: ["production", "team:payments"] },
      after: { owner: "Payments team", tags: ["pci", "production"] },
    },
  });
  expect(before?.details).toMatchObject({ before: { owner: "", tags: [] } });
  const check = verifyChain(installation, admin);
  let step = await check.next();
  while (!step.done) step = await check.next();
  expect(step.value.whole).toBe(true);
});

test("a certificate that would have too many tags stays as it is and says why; the others change", async () => {
  const [full, free] = [await issue(), await issue()];
  const tags = Array.from({ length: TAGS_MAX }, (_, index) => `tag-${index}`);
  await annotateCertificates(installation, admin, [full], { addTags: tags });
  const answers = await annotateCertificates(installation, admin, [full, free], { addTags: ["one-more"] });
  expect(answers).toEqual([
    { id: full, changed: false, refusal: expect.stringContaining("21 tags") },
    { id: free, changed: true },
  ]);
  expect((await annotationOf(full)).tags).toHaveLength(TAGS_MAX);
});

test("what is no certificate is left out of the answer", async () => {
  const id = await issue();
  const answers = await annotateCertificates(installation, admin, ["none", "\0", id], { owner: "ops" });
  expect(answers).toEqual([{ id, changed: true }]);
});

test("more certificates than one transaction takes all change", async () => {
  const ids = [];
  for (let count = 0; count < 45; count++) ids.push(await issue());
  const answers = await annotateCertificates(installation, admin, ids, { owner: "many" });
  expect(answers.filter(({ changed }) => changed)).toHaveLength(45);
});

test.each([
  ["an owner with a bidirectional control", { owner: "anna\u202Etxt" }, "owner"],
  ["an owner that is too long", { owner: "a".repeat(101) }, "owner"],
  ["a tag with a blank", { addTags: ["two words"] }, "addTags.0"],
  ["a tag with a line feed", { removeTags: ["ok", "a\nb"] }, "removeTags.1"],
])("%s is refused, naming the field", async (_, change, field) => {
  await expect(annotateCertificates(installation, admin, [], change)).rejects.toMatchObject({
    code: "malformed",
    violations: [{ field }],
  });
});

test.each([
  ["production", true],
  ["team:payments/eu", true],
  ["a@b=c", true],
  ["a".repeat(40), true],
  ["a".repeat(41), false],
  ["-a", false],
  ["", false],
  ["<b>", false],
  ["a,b", false],
  ["%", false],
])("%j is a tag: %s", (tag, valid) => {
  expect(tagSchema.safeParse(tag).success).toBe(valid);
});

test("notes are kept as text, and whoever began with older ones is told so", async () => {
  const id = await issue();
  await setNotes(installation, admin, id, "first line\r\n<b>second</b>\n\n");
  expect((await annotationOf(id)).notes).toBe("first line\n<b>second</b>");
  await expect(setNotes(installation, admin, id, "mine", "")).rejects.toMatchObject({ code: "conflict" });
  await setNotes(installation, admin, id, "mine", "first line\n<b>second</b>");
  await setNotes(installation, admin, id, "mine");
  expect((await eventsOf(id)).filter(({ action }) => action === "certificate.notes-changed")).toHaveLength(2);
  await expect(setNotes(installation, admin, id, "a".repeat(NOTES_MAX + 1))).rejects.toMatchObject({
    code: "malformed",
    violations: [{ field: "notes" }],
  });
  await expect(setNotes(installation, admin, id, "\u001b[31mred")).rejects.toMatchObject({
    code: "malformed",
  });
  await expect(setNotes(installation, admin, "none", "text")).rejects.toMatchObject({ code: "notFound" });
});

test("who may only read changes nothing", async () => {
  const id = await issue();
  for (const role of ["auditor", "viewer"] as const) {
    await expect(
      annotateCertificates(installation, testActor(role), [id], { owner: "x" }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(setNotes(installation, testActor(role), id, "x")).rejects.toMatchObject({
      code: "forbidden",
    });
  }
  expect(await annotationOf(id)).toEqual({ owner: "", tags: [], notes: "" });
});
