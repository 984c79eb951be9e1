import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { issueForNewClient } from "#lib/access/client-issue.ts";
import { certificatesOfClient, retireClient, suspendClient } from "#lib/access/client-status.ts";
import { changeStatuses } from "#lib/access/client-status-bulk.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";

const [admin, operator] = [testActor("admin"), testActor("operator")];
let installation: TestInstallation;
let issuer: Issuer;

beforeEach(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
});
afterEach(async () => {
  await issuer.close();
  await installation.close();
});

const created = async (name: string, more = {}) =>
  (await createWholeClient(installation, admin, { client: { name, ...more } })).clientId;
const statuses = async () =>
  Object.fromEntries(
    (await installation.database.read.client.findMany()).map(({ name, status }) => [name, status]),
  );

test("a client is retired with its certificates, but not with one by which another is known", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const key = { from: "request", csr: requestFor("a.example"), source: "csr" } as const;
  const issued = async (name: string) =>
    issueForNewClient(
      { installation, issuer },
      admin,
      { client: { name } },
      { key, provenBy: "certificate" },
    );
  const [first, second] = [await issued("First"), await issued("Second")];
  const { keySha256 } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: first.issued.id },
  });
  // By the key, too: that does not keep the client's own certificate from being revoked.
  await addCredential(installation, admin, first.clientId, { kind: "key", sha256: keySha256 });
  await addCredential(installation, admin, first.clientId, { kind: "key", sha256: "ab".repeat(32) });

  await expect(retireClient(installation, operator, first.clientId, { revokes: true })).rejects.toMatchObject(
    { code: "forbidden" },
  );
  expect(await certificatesOfClient(installation, operator, first.clientId)).toMatchObject([
    { id: first.issued.id },
  ]);
  await retireClient(installation, admin, first.clientId, { revokes: true });
  const revoked = await installation.database.read.revocation.findMany();
  expect(revoked).toMatchObject([{ certificateId: first.issued.id, reason: "cessationOfOperation" }]);

  await retireClient(installation, admin, second.clientId);
  expect(await installation.database.read.revocation.count()).toBe(1);
  expect(await statuses()).toEqual({ First: "retired", Second: "retired" });
});

test("several clients are suspended, resumed and retired, each by itself", async () => {
  const [one, two, kept, gone] = [
    await created("one"),
    await created("two"),
    await created("kept", { isProtected: true }),
    await created("gone"),
  ];
  await suspendClient(installation, admin, two);
  await retireClient(installation, admin, gone);
  const all = [one, two, kept, gone, one, "nobody"];
  const change = (what: "suspend" | "resume" | "retire") =>
    changeStatuses(installation, operator, { change: what, clientIds: all });
  expect(await change("suspend")).toMatchObject({
    changed: [one, kept],
    refused: [{ clientId: two }, { clientId: gone }, { clientId: "nobody" }],
  });
  expect((await change("resume")).changed).toEqual([one, two, kept]);
  const retired = await change("retire");
  expect(retired.changed).toEqual([one, two]);
  expect(retired.refused[0]).toMatchObject({ clientId: kept, reason: expect.stringContaining("protected") });
  expect(await statuses()).toEqual({ one: "retired", two: "retired", kept: "active", gone: "retired" });
  await expect(
    changeStatuses(installation, operator, { change: "suspend", clientIds: [] }),
  ).rejects.toMatchObject({ violations: [{ field: "clientIds" }] });
});
