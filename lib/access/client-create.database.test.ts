import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createWholeClient, type WholeClientInput } from "#lib/access/client-create.ts";
import { getClient } from "#lib/access/client-read.ts";
import { createService } from "#lib/access/service-change.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let serviceId: string;

beforeEach(async () => {
  installation = await testInstallation();
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
});
afterEach(() => installation.close());

const SHA = "ab".repeat(32);

test("a client comes with what it may call and what proves it", async () => {
  const { clientId, credentialId } = await createWholeClient(installation, admin, {
    client: { name: "Billing", environment: "production" },
    grants: [
      { serviceId, paths: ["/api"] },
      { serviceId, methods: ["GET"] },
    ],
    credential: { kind: "key", sha256: SHA },
  });
  const client = await getClient(installation, admin, clientId);
  expect(client).toMatchObject({ name: "Billing", state: "active", source: "hand" });
  expect(client.grants.map(({ paths, methods }) => [paths, methods])).toEqual([
    [["/api"], []],
    [[], ["GET"]],
  ]);
  expect(client.credentials).toMatchObject([{ id: credentialId, kind: "key", sha256: SHA }]);
  const events = await installation.database.read.auditEvent.findMany({ where: { objectId: clientId } });
  expect(events.map(({ action }) => action).sort()).toEqual([
    ...["client.created", "credential.added", "grant.created", "grant.created"],
  ]);
});

test("it is created whole or not at all, and the field in the way is named by its path", async () => {
  await createWholeClient(installation, admin, {
    client: { name: "Billing" },
    credential: { kind: "key", sha256: SHA },
  });
  const past = new Date(0);
  const refused: [WholeClientInput, string, string][] = [
    [{ client: { name: "BILLING" } }, "conflict", "client.name"],
    [{ client: { name: "" } }, "malformed", "client.name"],
    [{ client: { name: "Other", expiresAt: past } }, "malformed", "client.expiresAt"],
    [{ client: { name: "Other" }, grants: [{ serviceId: "none" }] }, "notFound", "grants.0.serviceId"],
    [
      { client: { name: "Other" }, grants: [{ serviceId }, { serviceId, paths: ["/a/../b"] }] },
      ...(["malformed", "grants.1.paths.0"] as const),
    ],
    [
      { client: { name: "Other" }, grants: [{ serviceId, endsAt: past }] },
      ...(["malformed", "grants.0.endsAt"] as const),
    ],
    [
      { client: { name: "Other" }, grants: [{ serviceId }], credential: { kind: "key", sha256: SHA } },
      ...(["conflict", "credential.sha256"] as const),
    ],
    [
      { client: { name: "Other" }, credential: { kind: "key", sha256: "12".repeat(32), endsAt: past } },
      ...(["malformed", "credential.endsAt"] as const),
    ],
  ];
  for (const [input, code, field] of refused) {
    await expect(createWholeClient(installation, admin, input)).rejects.toMatchObject({
      code,
      violations: [{ field }],
    });
  }
  const { read } = installation.database;
  expect(await read.client.count()).toBe(1);
  expect(await read.grant.count()).toBe(0);
  expect(await read.credential.count()).toBe(1);
  await expect(
    createWholeClient(installation, testActor("auditor"), { client: { name: "Other" } }),
  ).rejects.toMatchObject({ code: "forbidden" });
});
