import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { accessAttention } from "#lib/access/access-attention.ts";
import { createClient } from "#lib/access/client-change.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { addCredential, endCredential } from "#lib/access/credential-change.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
const DAY = 86_400;
let now = new Date("2027-03-01T12:00:00Z");
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;

beforeEach(async () => {
  now = new Date("2027-03-01T12:00:00Z");
  installation = await testInstallation(clock);
});
afterEach(() => installation.close());

const nothing = { things: [], count: 0, more: false };
const key = (digit: string) => ({ kind: "key", sha256: digit.repeat(64) }) as const;

test("an installation without clients needs nobody", async () => {
  expect(await accessAttention(installation, admin)).toEqual({
    ...{ learning: [], unused: nothing, ending: nothing, outages: [], proxies: [] },
  });
});

test("clients that nobody used for ninety days are told, the longest first, but not suspended ones", async () => {
  const old = await createClient(installation, admin, { name: "Old" });
  await suspendClient(installation, admin, await createClient(installation, admin, { name: "Suspended" }));
  now = addSeconds(now, 91 * DAY);
  await createClient(installation, admin, { name: "New" });
  const { unused } = await accessAttention(installation, admin);
  expect(unused).toEqual({
    things: [{ id: old, name: "Old", at: addSeconds(now, -91 * DAY) }],
    count: 1,
    more: false,
  });
});

test("a client is told when nothing proves it after this week, or when it expires", async () => {
  const ends = await createClient(installation, admin, { name: "Ends" });
  await endCredential(
    installation,
    admin,
    await addCredential(installation, admin, ends, key("a")),
    addSeconds(now, 3 * DAY),
  );
  const rotated = await createClient(installation, admin, { name: "Rotated" });
  await addCredential(installation, admin, rotated, { ...key("b"), endsAt: addSeconds(now, DAY) });
  await addCredential(installation, admin, rotated, key("c"));
  const expires = await createClient(installation, admin, {
    name: "Expires",
    expiresAt: addSeconds(now, DAY),
  });
  await addCredential(installation, admin, expires, key("d"));
  const { ending } = await accessAttention(installation, admin);
  expect(ending).toEqual({
    things: [
      { id: expires, name: "Expires", at: addSeconds(now, DAY) },
      { id: ends, name: "Ends", at: addSeconds(now, 3 * DAY) },
    ],
    count: 2,
    more: false,
  });
});

test("services that learn are told with the callers that wait there, and proxies with their files", async () => {
  const learning = await createService(installation, admin, {
    ...{ slug: "orders", name: "Orders", unknownClients: "learn" },
  });
  await createService(installation, admin, { slug: "ledger", name: "Ledger" });
  await installation.database.write((transaction) =>
    transaction.caller.create({
      data: {
        ...{ sha256: "ab".repeat(32), serviceId: learning, proxyId: "p", displayName: "new", subject: "" },
        ...{ issuerName: "", body: new Uint8Array(1), reason: "learning" },
        ...{ firstSeenAt: now, lastSeenAt: now, count: 1 },
      },
    }),
  );
  await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem" },
    services: [learning],
  });
  const found = await accessAttention(installation, admin);
  expect(found.learning).toEqual([{ slug: "orders", name: "Orders", callers: 1 }]);
  expect(found.proxies).toMatchObject([{ slug: "edge", files: [], addresses: [] }]);
});
