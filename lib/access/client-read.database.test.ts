import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { countClients } from "#lib/access/client-filter.ts";
import { getClient, listClients } from "#lib/access/client-read.ts";
import { CLIENT_STATES } from "#lib/access/client-state.ts";
import { retireClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
const DAY = 86_400;
let now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;

beforeEach(async () => {
  now = new Date("2027-03-01T12:30:00Z");
  installation = await testInstallation(clock);
});
afterEach(() => installation.close());

const client = (name: string, more = {}) => createClient(installation, admin, { name, ...more });
const names = async (listing: Parameters<typeof listClients>[2]) =>
  (await listClients(installation, admin, listing)).clients.map(({ name }) => name);

test("each client is in exactly one state, and is found by it", async () => {
  await client("unused");
  now = addSeconds(now, 91 * DAY);
  await client("active");
  await client("expired", { expiresAt: addSeconds(now, DAY) });
  now = addSeconds(now, DAY);
  await suspendClient(installation, admin, await client("suspended"));
  await retireClient(installation, admin, await client("retired"));
  const { clients } = await listClients(installation, admin);
  expect(clients.map(({ name, state }) => [name, state])).toEqual(
    [...CLIENT_STATES].sort().map((state) => [state, state]),
  );
  for (const state of CLIENT_STATES) expect(await names({ state })).toEqual([state]);
  expect(await names({ withoutRetired: true })).toEqual(
    [...CLIENT_STATES].sort().filter((state) => state !== "retired"),
  );
  expect(await names({ withoutRetired: true, state: "retired" })).toEqual(["retired"]);
});

test("clients are listed by name, page by page, and found by a part of it in any case", async () => {
  const all = ["Alpha", "beta", "Gamma api", "delta API", "Ärger"];
  for (const name of all) await client(name);
  const met: string[] = [];
  for (let after: string | undefined; ; ) {
    const { clients, next } = await listClients(installation, admin, { after, limit: 2 });
    met.push(...clients.map(({ name }) => name));
    if (next === null) break;
    after = next;
  }
  expect(met.toSorted()).toEqual(all.toSorted());
  expect(new Set(met).size).toBe(all.length);
  expect((await names({ search: "API" })).sort()).toEqual(["Gamma api", "delta API"]);
  expect(await names({ search: "äRG" })).toEqual(["Ärger"]);
});

test("a client shows what it may call, by what it is known, and its use hour by hour", async () => {
  const id = await client("Billing", { environment: "production", tags: ["b", "a"] });
  const serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  await createService(installation, admin, { slug: "orders", name: "Orders" });
  await createGrant(installation, admin, { clientId: id, serviceId, paths: ["/api"], methods: ["GET"] });
  await createGrant(installation, admin, { clientId: id, serviceId, startsAt: addSeconds(now, DAY) });
  const credentialId = await addCredential(installation, admin, id, { kind: "key", sha256: "ab".repeat(32) });
  const startsAt = addSeconds(now, DAY);
  await addCredential(installation, admin, id, { kind: "certificate", sha256: "cd".repeat(32), startsAt });
  const tally = new UseTally(installation);
  const use = (permitted: boolean) =>
    tally.note({ clientId: id, credentialId, serviceId, proxyId: "", permitted, from: "192.0.2.1" });
  use(true);
  now = addSeconds(now, 3 * 3_600);
  use(true);
  use(true);
  use(false);
  await tally.flush();

  const [listed] = (await listClients(installation, admin, { service: "payments" })).clients;
  expect(listed).toMatchObject({
    name: "Billing",
    tags: ["a", "b"],
    services: ["Payments"],
    credentials: { active: 1, next: 1 },
    lastUsedAt: now,
    lastService: "Payments",
    refused: 1,
  });
  expect(listed?.hours.slice(-4)).toEqual([
    { permitted: 1, refused: 0 },
    { permitted: 0, refused: 0 },
    { permitted: 0, refused: 0 },
    { permitted: 2, refused: 1 },
  ]);
  expect(listed?.hours).toHaveLength(36);
  expect(await names({ service: "orders" })).toEqual([]);
  const whole = await getClient(installation, admin, id);
  expect(whole.grants).toMatchObject([
    { paths: ["/api"], methods: ["GET"] },
    { paths: [], methods: [] },
  ]);
  expect(whole.credentials).toHaveLength(2);
  await expect(getClient(installation, admin, "nobody")).rejects.toMatchObject({ code: "notFound" });
});

test("clients are narrowed to an owner, an environment and a tag, each as it is written", async () => {
  await client("one", { owner: "Team A", environment: "production", tags: ["a_b", "x"] });
  await client("two", { owner: "Team B", environment: "production", tags: ["axb"] });
  await client("three", { owner: "Team A", environment: "test", tags: ["a", "xx"] });
  expect(await names({ owner: "Team A" })).toEqual(["one", "three"]);
  expect(await names({ owner: "Team A", environment: "production" })).toEqual(["one"]);
  expect(await names({ owner: "team a" })).toEqual([]);
  expect(await names({ tag: "a_b" })).toEqual(["one"]);
  expect(await names({ tag: "X" })).toEqual(["one"]);
  expect(await names({ tag: "b" })).toEqual([]);
  expect(await names({ tag: '"' })).toEqual([]);
  expect(await countClients(installation, admin, { environment: "production" })).toEqual({
    ...{ count: 2, more: false },
  });
});

test("clients that stop working soon are listed, and those with a successor are not", async () => {
  const soon = addSeconds(now, DAY);
  const proven = async (name: string, ...ends: (Date | null)[]) => {
    const id = await client(name);
    for (const [index, endsAt] of ends.entries()) {
      const sha256 = Buffer.from(`${name}-${index}`.padEnd(32)).toString("hex");
      await addCredential(installation, admin, id, { kind: "key", sha256, endsAt });
    }
    return id;
  };
  await proven("ends", soon);
  await proven("goes on", soon, null);
  await suspendClient(installation, admin, await proven("suspended", soon));
  await client("expires", { expiresAt: soon });
  await client("later", { expiresAt: addSeconds(now, 8 * DAY) });
  expect(await names({ state: "ending", withoutRetired: true })).toEqual(["ends", "expires"]);
  expect(await names({ state: "ending", search: "exp" })).toEqual(["expires"]);
});
