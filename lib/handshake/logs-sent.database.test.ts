import { afterAll, beforeAll, expect, test } from "vitest";
import { handshakeBatch, succeededHandshake } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { storeEvents } from "./event-store.ts";
import { failurePlaces } from "./failure-places.ts";
import { wereLogsSent } from "./logs-sent.ts";

const viewer = testActor("viewer");
const admin = testActor("admin");
const token = { kind: "token", id: "t", name: "t", scopes: ["client:read"] } as const;
let installation: TestInstallation;

beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.close());

test("logs were sent once a batch came, also when nothing in it failed", async () => {
  expect(await wereLogsSent(installation, viewer)).toBe(false);
  await storeEvents(installation, handshakeBatch([], { succeeded: [succeededHandshake(Date.now())] }));
  expect(await wereLogsSent(installation, viewer)).toBe(true);
  await expect(wereLogsSent(installation, token)).rejects.toMatchObject({ code: "forbidden" });
});

test("failures are asked for by active services and proxies, by short name", async () => {
  const service = await createService(installation, admin, { slug: "pay", name: "Payments" });
  for (const slug of ["west", "east"]) {
    await createProxy(installation, admin, {
      ...{ slug, name: `The ${slug}`, kind: "nginx", header: "client-cert", services: [service] },
    });
  }
  expect(await failurePlaces(installation, viewer)).toEqual({
    services: [{ slug: "pay", name: "Payments" }],
    proxies: [
      { slug: "east", name: "The east" },
      { slug: "west", name: "The west" },
    ],
  });
  await expect(failurePlaces(installation, token)).rejects.toMatchObject({ code: "forbidden" });
});
