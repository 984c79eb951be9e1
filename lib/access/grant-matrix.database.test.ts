import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { retireClient } from "#lib/access/client-status.ts";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { grantMatrix } from "#lib/access/grant-matrix.ts";
import { createService, retireService } from "#lib/access/service-change.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
const now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => now };
let installation: TestInstallation;
let payments: string;
let orders: string;

beforeEach(async () => {
  installation = await testInstallation(clock);
  payments = await createService(installation, admin, { slug: "payments", name: "Payments" });
  orders = await createService(installation, admin, { slug: "orders", name: "Orders" });
});
afterEach(() => installation.close());

const client = (name: string) => createClient(installation, admin, { name });
const grant = (clientId: string, serviceId: string, more: object = {}) =>
  createGrant(installation, admin, { clientId, serviceId, ...more });

test("a cell shows the widest of several grants, and when the service was last used", async () => {
  const billing = await client("Billing");
  await grant(billing, payments, { paths: ["/api"] });
  const whole = await grant(billing, payments, { endsAt: addSeconds(now, 60) });
  await grant(billing, payments, { startsAt: addSeconds(now, 60) });
  const later = await grant(billing, orders, { startsAt: addSeconds(now, 60) });
  const reports = await client("Reports");
  const limited = await grant(reports, orders, { methods: ["GET"] });
  await endGrant(installation, admin, await grant(reports, payments));
  const tally = new UseTally(installation);
  const use = { credentialId: "", proxyId: "", from: "192.0.2.1", permitted: true };
  tally.note({ ...use, clientId: billing, serviceId: payments });
  await tally.flush();

  const matrix = await grantMatrix(installation, testActor("viewer"));
  expect(matrix.services.map(({ slug }) => slug)).toEqual(["orders", "payments"]);
  expect(matrix.rows).toEqual([
    {
      client: { id: billing, name: "Billing", state: "active" },
      cells: {
        [payments]: {
          ...{ grantId: whole, state: "live", endsAt: addSeconds(now, 60), grants: 3 },
          lastUsedAt: now,
        },
        [orders]: { grantId: later, state: "future", endsAt: null, grants: 1, lastUsedAt: null },
      },
    },
    {
      client: { id: reports, name: "Reports", state: "active" },
      cells: { [orders]: { grantId: limited, state: "limited", endsAt: null, grants: 1, lastUsedAt: null } },
    },
  ]);
});

test("clients come page by page and by a part of their name, retired ones and services not at all", async () => {
  for (const name of ["Delta", "alpha api", "Charlie API", "bravo"]) await client(name);
  await retireClient(installation, admin, await client("Retired"));
  await retireService(installation, admin, orders, 1);
  const names: string[] = [];
  for (let after: string | undefined; ; ) {
    const { services, rows, next } = await grantMatrix(installation, admin, { after, limit: 3 });
    expect(services.map(({ slug }) => slug)).toEqual(["payments"]);
    names.push(...rows.map((row) => row.client.name));
    if (next === null) break;
    after = next;
  }
  expect(names).toEqual(["alpha api", "bravo", "Charlie API", "Delta"]);
  const { rows } = await grantMatrix(installation, admin, { search: "API" });
  expect(rows.map((row) => row.client.name)).toEqual(["alpha api", "Charlie API"]);
});

test("more services than fit are counted, and some may be chosen", async () => {
  for (let index = 0; index < 51; index++) {
    await createService(installation, admin, { slug: `z-${String(index).padStart(2, "0")}`, name: "More" });
  }
  const all = await grantMatrix(installation, admin);
  expect(all.services).toHaveLength(50);
  expect(all.moreServices).toBe(3);
  const some = await grantMatrix(installation, admin, { services: ["z-50", "payments", "nowhere"] });
  expect(some.services.map(({ slug }) => slug)).toEqual(["payments", "z-50"]);
});
