import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { CLIENT_ROWS_MAX } from "#lib/access/client-file.ts";
import { ALL_OR_NOTHING_MAX, checkClientFile, importClients } from "#lib/access/client-import.ts";
import { getClient } from "#lib/access/client-read.ts";
import { createService, retireService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { encodePem } from "#lib/x509/pem.ts";

const admin = testActor("admin");
let installation: TestInstallation;

beforeEach(async () => {
  installation = await testInstallation();
  for (const slug of ["payments", "stock"])
    await createService(installation, admin, { slug, name: slug.toUpperCase() });
});
afterEach(() => installation.close());

const sha = (digit: string) => digit.repeat(64);
const HEADER = "name,environment,owner,tags,notes,expires,services,credential";
const names = async () =>
  (await installation.database.read.client.findMany({ orderBy: { name: "asc" } })).map(({ name }) => name);

test("clients come with their grants and with what proves them", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const issuer = inlineIssuer(installation);
  const { issued } = await issueWithKeyMadeHere(issuer, admin, {
    ...{ profile: "client", keyAlgorithm: "ecdsa-p256", subject: [] },
    names: [{ type: "dns", value: "pem.example" }],
  });
  await issuer.close();
  const { slug } = await installation.database.read.authority.findFirstOrThrow();
  const text = [
    HEADER,
    `Billing,production,Ops,b a,"Calls ""often"", at night",2027-12-31,payments stock,key:${sha("a")}`,
    `Pinned,,,,,,Payments,"${encodePem("CERTIFICATE", issued.certificate)}"`,
    `Mesh,,,,,,,uri:spiffe://example.org/ns/prod/sa/api under ${slug}`,
    "Later,,,,,,,",
  ].join("\n");
  expect((await checkClientFile(installation, admin, text)).flatMap(({ findings }) => findings)).toEqual([]);
  expect(await names()).toEqual([]);
  const { created, refused } = await importClients(installation, admin, { text, mode: "all" });
  expect(refused).toEqual([]);
  expect(created.map(({ line, name }) => [line, name])).toEqual([
    [2, "Billing"],
    [3, "Pinned"],
    // The PEM takes several lines.
    [expect.any(Number), "Mesh"],
    [expect.any(Number), "Later"],
  ]);
  const [billing, pinned, mesh, later] = await Promise.all(
    created.map(({ clientId }) => getClient(installation, admin, clientId)),
  );
  expect(billing).toMatchObject({
    ...{ environment: "production", owner: "Ops", tags: ["a", "b"], notes: 'Calls "often", at night' },
    ...{ source: "import", expiresAt: new Date("2028-01-01T00:00:00Z") },
    grants: [{ service: { slug: "payments" } }, { service: { slug: "stock" } }],
    credentials: [{ kind: "key", sha256: sha("a") }],
  });
  expect(pinned?.credentials).toMatchObject([{ kind: "certificate", certificateId: issued.id }]);
  expect(mesh?.credentials).toMatchObject([{ kind: "name", nameType: "uri" }]);
  expect(later?.credentials).toEqual([]);
});

test("each line's errors are told with line and column, and each other line is taken", async () => {
  const retired = await createService(installation, admin, { slug: "gone", name: "Gone" });
  await retireService(installation, admin, retired, 1);
  await createWholeClient(installation, admin, {
    client: { name: "Present" },
    credential: { kind: "key", sha256: sha("f") },
  });
  const text = [
    HEADER,
    `Good,,,,,,payments,key:${sha("1")}`,
    "PRESENT,,,,,,,",
    `Other,,,,,,,key:${sha("f")}`,
    "good,,,,,,,",
    `Twice,,,,,,,key:${sha("1")}`,
    "Wrong,,,UPPER!!,,tomorrow,nowhere gone,key:abc",
    "Over,,,,,2001-01-01,,",
    "Wide,,,,,,,uri:spiffe://example.org/* under nobody",
    ",x,,,,,,",
    `${"x".repeat(65)},,,,,,,`,
  ].join("\n");
  const found = (await checkClientFile(installation, admin, text)).flatMap(({ line, findings }) =>
    findings.map(({ field, rule }) => `${line} ${field} ${rule}`),
  );
  expect(found).toEqual([
    "3 name client.name",
    "4 credential credential.taken",
    "5 name client.name",
    "6 credential credential.taken",
    "7 expires clients.expires",
    "7 tags input.invalid_format",
    "7 services grant.service",
    "7 services grant.service",
    "7 credential input.invalid_format",
    "8 expires client.expiry",
    "9 credential credential.authority",
    "10 name input.too_small",
    "11 name input.too_big",
  ]);
  const all = await importClients(installation, admin, { text, mode: "all" });
  expect([all.created, all.refused.length]).toEqual([[], 9]);
  expect(await names()).toEqual(["Present"]);
  const each = await importClients(installation, admin, { text, mode: "each" });
  expect([each.created.length, each.refused.length]).toEqual([1, 9]);
  expect(await names()).toEqual(["Good", "Present"]);
  const again = await importClients(installation, admin, { text: "Good\nBetter", mode: "each" });
  expect(again).toMatchObject({
    created: [{ line: 2, name: "Better" }],
    refused: [{ line: 1, findings: [{ field: "name" }] }],
  });
});

test("when somebody was quicker between check and import, all or nothing is nothing", async () => {
  const quicker: TestInstallation = {
    ...installation,
    database: {
      ...installation.database,
      async write(work) {
        await createWholeClient(installation, admin, { client: { name: "Two" } });
        return installation.database.write(work);
      },
    },
  };
  const outcome = await importClients(quicker, admin, { text: "One\nTwo\nThree", mode: "all" });
  expect(outcome).toMatchObject({
    created: [],
    refused: [{ line: 2, findings: [{ field: "name", rule: "client.name" }] }],
  });
  expect(await names()).toEqual(["Two"]);
});

test("when an error stops the file half way, it is said what was created and what is not known", async () => {
  let writes = 0;
  const failing: TestInstallation = {
    ...installation,
    database: {
      ...installation.database,
      write(work) {
        writes += 1;
        return writes === 2
          ? Promise.reject(new Error("the disk is full"))
          : installation.database.write(work);
      },
    },
  };
  const outcome = await importClients(failing, admin, { text: "One\nTwo\nThree", mode: "each" });
  expect(outcome).toMatchObject({
    created: [{ line: 1, name: "One" }],
    refused: [
      { line: 2, findings: [{ detail: expect.stringContaining("not known whether") }] },
      { line: 3, findings: [{ detail: expect.stringContaining("stopped before") }] },
    ],
  });
  expect(await names()).toEqual(["One"]);
  writes = 1;
  await expect(importClients(failing, admin, { text: "Four", mode: "each" })).rejects.toThrow("disk is full");
});

test("files are bounded, and whoever may not manage clients imports none", async () => {
  const many = (count: number) => Array.from({ length: count }, (_, place) => `c${place}`).join("\n");
  const refused = (input: Parameters<typeof importClients>[2]) =>
    expect(importClients(installation, admin, input)).rejects;
  await refused({ text: many(ALL_OR_NOTHING_MAX + 1), mode: "all" }).toMatchObject({
    code: "tooLarge",
    violations: [{ field: "mode" }],
  });
  await refused({ text: many(CLIENT_ROWS_MAX + 1), mode: "each" }).toMatchObject({ code: "tooLarge" });
  await refused({ text: "name\n", mode: "each" }).toMatchObject({ violations: [{ field: "file" }] });
  await expect(checkClientFile(installation, testActor("viewer"), "a")).rejects.toMatchObject({
    code: "forbidden",
  });
  expect(await checkClientFile(installation, admin, many(CLIENT_ROWS_MAX))).toHaveLength(CLIENT_ROWS_MAX);
});
