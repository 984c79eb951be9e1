import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { proxyArrivals } from "#lib/access/proxy-arrivals.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
let now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let serviceId: string;
let proxyId: string;

beforeEach(async () => {
  now = new Date("2027-03-01T12:30:00Z");
  installation = await testInstallation(clock);
  serviceId = await createService(installation, admin, { slug: "orders", name: "Orders" });
  ({ id: proxyId } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: [serviceId],
  }));
});
afterEach(() => installation.close());

test("a proxy that never asked shows nothing", async () => {
  expect(await proxyArrivals(installation, admin, "edge")).toEqual({
    ...{ at: now, lastSeenAt: null, lastSeenFrom: null },
    ...{ decisions: [], callers: [], files: [] },
  });
  await expect(proxyArrivals(installation, admin, "no-such")).rejects.toMatchObject({ code: "notFound" });
});

test("who came lately through a proxy is told, and who came through others is not", async () => {
  const clientId = await createClient(installation, admin, { name: "Billing" });
  const tally = new UseTally(installation);
  const from = "192.0.2.7";
  const use = (who: string, through: string, permitted: boolean) =>
    tally.note({ clientId: who, credentialId: "", serviceId, proxyId: through, permitted, from });
  use(clientId, proxyId, true);
  now = addSeconds(now, 5);
  use("", proxyId, false);
  use(clientId, "another", true);
  await tally.end();
  await installation.database.write((transaction) =>
    transaction.caller.create({
      data: {
        ...{
          sha256: "ab".repeat(32),
          serviceId,
          proxyId,
          displayName: "stranger",
          subject: "",
          issuerName: "",
        },
        ...{ body: new Uint8Array(1), reason: "client-unknown", firstSeenAt: now, lastSeenAt: now, count: 1 },
      },
    }),
  );
  const seen = await proxyArrivals(installation, admin, "edge");
  const service = { slug: "orders", name: "Orders" };
  expect(seen.decisions).toEqual([
    { client: null, service, permitted: 0, refused: 1, lastAt: now },
    {
      client: { id: clientId, name: "Billing" },
      service,
      permitted: 1,
      refused: 0,
      lastAt: addSeconds(now, -5),
    },
  ]);
  expect(seen.callers).toMatchObject([{ displayName: "stranger", reason: "client-unknown" }]);
  now = addSeconds(now, 3 * 3_600);
  expect(await proxyArrivals(installation, admin, "edge")).toMatchObject({ decisions: [], callers: [] });
});
