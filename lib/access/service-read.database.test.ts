import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { retireClient, suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { createGrant, endGrant } from "#lib/access/grant-change.ts";
import { createProxy, retireProxy } from "#lib/access/proxy-change.ts";
import type { ProxyInput } from "#lib/access/proxy-input.ts";
import { createService, retireService } from "#lib/access/service-change.ts";
import { getService, listServices } from "#lib/access/service-read.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { whoCanReach } from "#lib/access/who-can-reach.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
const HOUR = 3_600;
let now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;

beforeEach(async () => {
  now = new Date("2027-03-01T12:30:00Z");
  installation = await testInstallation(clock);
});
afterEach(() => installation.close());

const service = (slug: string) => createService(installation, admin, { slug, name: `Service ${slug}` });
let keys = 0;

/** A client with a key of its own, and a grant. */
async function reaching(name: string, serviceId: string, more: object = {}): Promise<string> {
  const clientId = await createClient(installation, admin, { name });
  const sha256 = (keys++).toString(16).padStart(64, "0");
  await addCredential(installation, admin, clientId, { kind: "key", sha256 });
  await createGrant(installation, admin, { clientId, serviceId, ...more });
  return clientId;
}

test("services are listed by short name, page by page, those that are retired apart", async () => {
  for (const slug of ["delta", "alpha", "charlie", "bravo"]) await service(slug);
  await retireService(installation, admin, await service("echo"), 1);
  const slugs: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await listServices(installation, testActor("viewer"), { after, limit: 3 });
    slugs.push(...page.services.map(({ slug }) => slug));
    if (page.next === null) break;
    after = page.next;
  }
  expect(slugs).toEqual(["alpha", "bravo", "charlie", "delta"]);
  const { services } = await listServices(installation, admin, { retired: true });
  expect(services).toMatchObject([{ slug: "echo", status: "retired" }]);
  await expect(listServices(installation, admin, { after: "\0" })).rejects.toMatchObject({
    code: "malformed",
    violations: [{ field: "after" }],
  });
});

test("a service counts each client once that may call it now, and whoever came unknown", async () => {
  const id = await service("payments");
  const both = await reaching("Both", id, { paths: ["/a"] });
  await createGrant(installation, admin, { clientId: both, serviceId: id, paths: ["/b"] });
  await reaching("Later", id, { startsAt: addSeconds(now, HOUR) });
  const over = await reaching("Over", id);
  const [grant] = await installation.database.read.grant.findMany({ where: { clientId: over } });
  await endGrant(installation, admin, grant?.id ?? "");
  await installation.database.write((transaction) =>
    transaction.caller.create({
      data: {
        ...{ sha256: "ab".repeat(32), serviceId: id, proxyId: "", displayName: "x", subject: "CN=x" },
        ...{ issuerName: "CN=y", body: new Uint8Array(1), reason: "client-unknown", count: 1 },
        ...{ firstSeenAt: now, lastSeenAt: now },
      },
    }),
  );
  expect(await getService(installation, admin, "payments")).toMatchObject({
    clientsGranted: 1,
    callersUnknown: 1,
  });
});

test("a service shows its proxies, its use hour by hour and its allowlists", async () => {
  const id = await service("payments");
  const clientId = await reaching("Billing", id);
  const proxy: Omit<ProxyInput, "slug"> = {
    ...{ name: "Edge", kind: "nginx", header: "client-cert", services: [id] },
  };
  await createProxy(installation, admin, { slug: "edge", ...proxy });
  const gone = await createProxy(installation, admin, { slug: "gone", ...proxy });
  await retireProxy(installation, admin, gone.id, 1);
  const tally = new UseTally(installation);
  const use = { credentialId: "", serviceId: id, proxyId: "", from: "192.0.2.1" };
  tally.note({ ...use, clientId, permitted: true });
  tally.note({ ...use, clientId: "", permitted: false });
  now = addSeconds(now, 2 * HOUR);
  tally.note({ ...use, clientId, permitted: true });
  tally.note({ ...use, clientId, serviceId: "another", permitted: true });
  await tally.flush();
  await installation.database.write((transaction) =>
    transaction.allowlist.create({
      data: {
        ...{ serviceId: id, format: "nginx", version: 7, sha256: "cd".repeat(32) },
        ...{ admitted: 3, unexpressed: 1, madeAt: now },
      },
    }),
  );
  const whole = await getService(installation, testActor("viewer"), "payments");
  expect(whole.proxies).toMatchObject([{ slug: "edge", kind: "nginx" }]);
  expect(whole.hours).toHaveLength(36);
  expect(whole.hours.slice(-3)).toEqual([
    { permitted: 1, refused: 1 },
    { permitted: 0, refused: 0 },
    { permitted: 1, refused: 0 },
  ]);
  expect(whole.allowlists).toEqual([
    { format: "nginx", version: 7, sha256: "cd".repeat(32), admitted: 3, unexpressed: 1, madeAt: now },
  ]);
  expect((await getService(installation, admin, id)).slug).toBe("payments");
  await expect(getService(installation, admin, "nowhere")).rejects.toMatchObject({ code: "notFound" });
  await expect(getService(installation, admin, "\0")).rejects.toMatchObject({ code: "notFound" });
});

test("who can reach a service is told with what stands in its way", async () => {
  const id = await service("payments");
  const other = await service("orders");
  const billing = await reaching("Billing", id, { paths: ["/api"], methods: ["GET"] });
  const suspended = await reaching("Suspended", id);
  await suspendClient(installation, admin, suspended);
  await retireClient(installation, admin, await reaching("Retired", id));
  const expired = await reaching("Expired", id);
  await installation.database.write((transaction) =>
    transaction.client.update({ where: { id: expired }, data: { expiresAt: addSeconds(now, -1) } }),
  );
  const bare = await createClient(installation, admin, { name: "Without a credential" });
  await createGrant(installation, admin, { clientId: bare, serviceId: id });
  await reaching("Elsewhere", other);
  await reaching("Later", id, { startsAt: addSeconds(now, HOUR) });
  const tally = new UseTally(installation);
  const use = { credentialId: "", proxyId: "", from: "192.0.2.1" };
  tally.note({ ...use, clientId: billing, serviceId: id, permitted: true });
  await tally.flush();
  const used = now;
  now = addSeconds(now, HOUR / 2);
  tally.note({ ...use, clientId: billing, serviceId: id, permitted: false });
  tally.note({ ...use, clientId: billing, serviceId: other, permitted: true });
  await tally.flush();

  const found: [string, string | null][] = [];
  for (let after: string | undefined; ; ) {
    const page = await whoCanReach(installation, testActor("viewer"), id, { after, limit: 2 });
    found.push(
      ...page.clients.map(({ client, obstacle }): [string, string | null] => [client.name, obstacle]),
    );
    if (page.next === null) break;
    after = page.next;
  }
  expect(found).toEqual([
    ["Billing", null],
    ["Suspended", "client-suspended"],
    ["Expired", "client-expired"],
    ["Without a credential", "no-credential"],
  ]);
  const [first] = (await whoCanReach(installation, admin, id)).clients;
  expect(first?.grants).toMatchObject([{ paths: ["/api"], methods: ["GET"], endsAt: null }]);
  expect(first?.lastUsedAt).toEqual(used);
  await expect(whoCanReach(installation, admin, "nowhere")).rejects.toMatchObject({ code: "notFound" });
});
