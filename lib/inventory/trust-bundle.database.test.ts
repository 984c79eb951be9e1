import { afterAll, beforeAll, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { searchAnchors } from "#lib/inventory/anchor-search.ts";
import { certificatePaths } from "#lib/inventory/certificate-path.ts";
import { issuedCounter } from "#lib/inventory/issued-below.ts";
import { changeBundle, createBundle, deleteBundle } from "#lib/inventory/trust-bundle-change.ts";
import type { BundleInput } from "#lib/inventory/trust-bundle-input.ts";
import { publishedBundle } from "#lib/inventory/trust-bundle-publish.ts";
import { getBundle, listBundles } from "#lib/inventory/trust-bundle-read.ts";
import { trustedBy } from "#lib/inventory/trusted-by.ts";
import { queryRows } from "#lib/sql-steps.ts";
import { parseCertificate, parseCertificates } from "#lib/x509/certificate-reader.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

let installation: TestInstallation;
const admin = testActor("admin");
const viewer = testActor("viewer");

let root: TestIdentity;
let middle: TestIdentity;
let leaf: TestIdentity;
let stranger: TestIdentity;
let ids: { root: string; middle: string; leaf: string; stranger: string };

beforeAll(async () => {
  installation = await testInstallation();
  root = await testAuthority({ subject: "CN=Partner Root,O=Partner" });
  middle = await testAuthority({ subject: "CN=Partner Issuing,O=Partner" }, root);
  leaf = await testLeaf(middle, { subject: "CN=caller,O=Partner" });
  stranger = await testAuthority({ subject: "CN=100% Other_Root,O=Else" });
  const [a, b, c, d] = await recordForeignCertificates(
    installation,
    [root, middle, leaf, stranger].map(({ der }) => der),
  );
  ids = { root: a as string, middle: b as string, leaf: c as string, stranger: d as string };
});
afterAll(() => installation.close());

const input = (wishes: Partial<BundleInput> = {}): BundleInput => ({
  slug: "partners",
  name: "Partners",
  description: "Whom we let in",
  members: [ids.root],
  ...wishes,
});

/** Makes a bundle for one test only. */
async function withBundle(wishes: Partial<BundleInput>, use: (id: string) => Promise<void>): Promise<void> {
  const id = await createBundle(installation, admin, input(wishes));
  try {
    await use(id);
  } finally {
    const { version } = await getBundle(installation, admin, id);
    await deleteBundle(installation, admin, id, version);
  }
}

const fingerprints = async (slug: string) => {
  const bundle = await publishedBundle(installation, slug);
  return bundle === null
    ? null
    : parseCertificates(bundle.pem, { field: "bundle" }).map(({ sha256 }) => sha256);
};

test("a bundle is published as soon as it is made, changed with it, and gone when it is deleted", async () => {
  expect(await publishedBundle(installation, "partners")).toBeNull();
  const id = await createBundle(installation, admin, input());
  expect(await fingerprints("partners")).toEqual([parseCertificate(root.der).sha256]);
  const first = await publishedBundle(installation, "partners");
  expect(await publishedBundle(installation, "partners")).toBe(first);

  await changeBundle(installation, admin, id, 1, { members: [ids.root, ids.stranger] });
  expect(await fingerprints("partners")).toEqual(
    [root, stranger].map(({ der }) => parseCertificate(der).sha256),
  );
  expect((await publishedBundle(installation, "partners"))?.etag).not.toBe(first?.etag);

  await changeBundle(installation, admin, id, 2, { members: [ids.stranger] });
  expect(await fingerprints("partners")).toEqual([parseCertificate(stranger.der).sha256]);
  await deleteBundle(installation, admin, id, 3);
  expect(await publishedBundle(installation, "partners")).toBeNull();
});

test("every change is in the audit trail with the members before and after", async () => {
  const id = await createBundle(installation, admin, input());
  await changeBundle(installation, admin, id, 1, { name: "Friends", members: [ids.stranger] });
  await deleteBundle(installation, admin, id, 2);
  const events = await installation.database.read.auditEvent.findMany({
    where: { objectKind: "bundle", objectId: id },
    orderBy: { sequence: "asc" },
  });
  expect(events.map(({ action, actorName }) => [action, actorName])).toEqual([
    ["bundle.created", admin.name],
    ["bundle.changed", admin.name],
    ["bundle.deleted", admin.name],
  ]);
  const spoken = (name: string, { der }: TestIdentity) => `${name} (${parseCertificate(der).sha256})`;
  expect(JSON.parse(events[1]?.details ?? "")).toMatchObject({
    before: { name: "Partners", members: [spoken("Partner Root", root)] },
    after: { name: "Friends", members: [spoken("100% Other_Root", stranger)] },
    added: [spoken("100% Other_Root", stranger)],
    removed: [spoken("Partner Root", root)],
  });
});

test("the second of two admins is refused and told who was faster; what changes nothing is no change", async () => {
  await withBundle({}, async (id) => {
    await changeBundle(installation, admin, id, 1, { description: "Others" });
    const late = { ...admin, id: "late", name: "late@example.test" };
    await expect(changeBundle(installation, late, id, 1, { members: [] })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(admin.name),
    });
    await expect(deleteBundle(installation, late, id, 1)).rejects.toMatchObject({ code: "conflict" });
    await changeBundle(installation, admin, id, 2, { description: "Others", members: [ids.root] });
    expect(await getBundle(installation, viewer, id)).toMatchObject({ version: 2, description: "Others" });
  });
});

test.each([
  ["an end-entity certificate", () => ({ members: [ids.root, ids.leaf] }), "members.1", "rfc5280.4.2.1.9"],
  ["an unknown certificate", () => ({ members: ["nothing"] }), "members.0", "bundle.member.exists"],
  ["what is no id at all", () => ({ members: ["' OR 1=1"] }), "members.0", "input.custom"],
  [
    "more members than it may have",
    () => ({ members: Array.from({ length: 301 }, (_, n) => `m${n}`) }),
    "members",
    "input.too_big",
  ],
  [
    "the short name of a bundle that keeps itself",
    () => ({ slug: "clients" }),
    "slug",
    "bundle.slug.reserved",
  ],
  ["a short name that is no path segment", () => ({ slug: "../ca" }), "slug", "input.invalid_format"],
  ["a name that deceives", () => ({ name: "Part\u202eners" }), "name", "input.custom"],
])("%s is refused, naming field and rule", async (_, wishes, field, rule) => {
  await expect(createBundle(installation, admin, input(wishes()))).rejects.toMatchObject({
    violations: [expect.objectContaining({ field, rule })],
  });
  expect(await listBundles(installation, viewer)).toEqual([]);
});

test("a short name is taken once", async () => {
  await withBundle({}, async () => {
    await expect(createBundle(installation, admin, input())).rejects.toMatchObject({
      code: "conflict",
      violations: [expect.objectContaining({ field: "slug", rule: "bundle.slug.unique" })],
    });
  });
});

test("only admins change bundles, and who may not see authorities sees none", async () => {
  const outsider: Actor = { kind: "token", id: "t", name: "t", scopes: ["audit:read"] };
  for (const actor of [testActor("operator"), testActor("auditor"), viewer, outsider]) {
    await expect(createBundle(installation, actor, input())).rejects.toMatchObject({ code: "forbidden" });
    await expect(changeBundle(installation, actor, "x", 1, {})).rejects.toMatchObject({ code: "forbidden" });
    await expect(deleteBundle(installation, actor, "x", 1)).rejects.toMatchObject({ code: "forbidden" });
  }
  await expect(listBundles(installation, outsider)).rejects.toMatchObject({ code: "forbidden" });
  await expect(getBundle(installation, outsider, "x")).rejects.toMatchObject({ code: "forbidden" });
  await expect(getBundle(installation, viewer, "x")).rejects.toMatchObject({ code: "notFound" });
});

test("a bundle that stops below the root says what is missing; a root makes it whole", async () => {
  await withBundle({ members: [ids.middle] }, async (id) => {
    expect((await getBundle(installation, viewer, id)).members).toMatchObject([
      { name: "Partner Issuing", isRoot: false, reachesRoot: false, missing: [{ id: ids.root }] },
    ]);
    await changeBundle(installation, admin, id, 1, { members: [ids.middle, ids.root] });
    expect((await getBundle(installation, viewer, "partners")).members).toMatchObject([
      { name: "Partner Issuing", isRoot: false, reachesRoot: true, missing: [] },
      { name: "Partner Root", isRoot: true, reachesRoot: true },
    ]);
  });
});

test("a certificate is trusted by the bundles that hold its root; an intermediate alone trusts in part", async () => {
  const verdicts = async () =>
    (await trustedBy(installation, viewer, ids.leaf)).map(({ slug, anchor, verdict }) => [
      slug,
      anchor,
      verdict,
    ]);
  expect(await verdicts()).toEqual([]);
  await withBundle({}, async () => {
    await withBundle({ slug: "issuing", name: "Issuing", members: [ids.middle, ids.stranger] }, async () => {
      expect(await verdicts()).toEqual([
        ["issuing", "Partner Issuing", "partial"],
        ["partners", "Partner Root", "trusts"],
      ]);
    });
  });
  const { sha256 } = parseCertificate(root.der);
  expect(
    await trustedBy(installation, viewer, ids.leaf, [
      { slug: "clients", name: "Our clients", fingerprints: [sha256] },
      { slug: "servers", name: "Our servers", fingerprints: ["00"] },
    ]),
  ).toEqual([{ slug: "clients", name: "Our clients", anchor: "Partner Root", verdict: "trusts" }]);
});

test("what stands below an authority is counted by name, without what another member covers", async () => {
  const [rootName, middleName] = ["CN=Partner Root,O=Partner", "CN=Partner Issuing,O=Partner"];
  const count = await issuedCounter(installation, viewer);
  expect(count([rootName])).toBe(1);
  expect(count([rootName], [middleName])).toBe(0);
  expect(count(["CN=100% Other_Root,O=Else"])).toBe(0);
});

test("anchors are found by any part of their name, and nothing in a question is a pattern", async () => {
  const found = async (query: string) =>
    (await searchAnchors(installation, viewer, query)).map(({ name }) => name);
  expect(await found("partner")).toEqual(["Partner Issuing", "Partner Root"]);
  expect(await found("o=else")).toEqual(["100% Other_Root"]);
  expect(await found("%")).toEqual(["100% Other_Root"]);
  expect(await found("_")).toEqual(["100% Other_Root"]);
  expect(await found("\\")).toEqual([]);
  expect(await found("caller")).toEqual([]);
  expect(await found(parseCertificate(root.der).sha256.slice(0, 12))).toEqual(["Partner Root"]);
  expect(await found("x".repeat(10_000))).toEqual([]);
  expect(await found("\0")).toHaveLength(3);
  expect(await found("")).toHaveLength(3);
});

test("anchors are found by letters of any alphabet, large or small, on either database", async () => {
  const here = await testInstallation();
  try {
    const foreign = await testAuthority({ subject: "CN=Größe ÄPFEL,O=Ærø ÖSTERREICH,OU=ДОВЕРИЕ" });
    await recordForeignCertificates(here, [foreign.der]);
    for (const query of ["äpfel", "ÄPFEL", "größe", "österreich", "ærø", "Ærø", "доверие", "ДОВЕРИЕ"]) {
      expect(await searchAnchors(here, viewer, query), query).toHaveLength(1);
    }
    expect(await searchAnchors(here, viewer, "apfel")).toEqual([]);
  } finally {
    await here.close();
  }
});

test("paths are found on this database as on the other", async () => {
  const [path] = await certificatePaths(installation, viewer, ids.leaf);
  expect(path).toMatchObject({ isValid: true, end: { kind: "imported-root" } });
  expect(path?.steps.map(({ id }) => id)).toEqual([ids.leaf, ids.middle, ids.root]);
  await expect(certificatePaths(installation, viewer, "nothing")).rejects.toMatchObject({ code: "notFound" });
});

test("each change tells every instance that its memory is out of date", async () => {
  const counter = async () =>
    Number(
      (await queryRows(installation.database, 'SELECT "configuration" FROM "Ground"'))[0]?.configuration,
    );
  const before = await counter();
  await withBundle({}, async (id) => changeBundle(installation, admin, id, 1, { members: [] }));
  expect(await counter()).toBe(before + 3);
});
