import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createProxy, retireProxy } from "#lib/access/proxy-change.ts";
import { getProxy, listProxies } from "#lib/access/proxy-read.ts";
import { createService } from "#lib/access/service-change.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";

const admin = testActor("admin");
const now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => now };
const HOUR = 3_600;
let installation: TestInstallation;
let payments: string;

beforeEach(async () => {
  installation = await testInstallation(clock);
  payments = await createService(installation, admin, { slug: "payments", name: "Payments" });
});
afterEach(() => installation.close());

const proxy = (slug: string) =>
  createProxy(installation, admin, {
    ...{ slug, name: `Proxy ${slug}`, kind: "nginx", header: "client-cert", services: [payments] },
  });

test("proxies are listed by short name, page by page, those that are retired apart", async () => {
  for (const slug of ["delta", "alpha", "charlie", "bravo"]) await proxy(slug);
  await retireProxy(installation, admin, (await proxy("echo")).id, 1);
  const slugs: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await listProxies(installation, testActor("viewer"), { after, limit: 3 });
    slugs.push(...page.proxies.map(({ slug }) => slug));
    if (page.next === null) break;
    after = page.next;
  }
  expect(slugs).toEqual(["alpha", "bravo", "charlie", "delta"]);
  const { proxies } = await listProxies(installation, admin, { retired: true });
  expect(proxies).toMatchObject([{ slug: "echo", status: "retired" }]);
});

test("a proxy shows whence it asked lately and how far its allowlists have come, and never its token", async () => {
  const { id, token } = await proxy("edge");
  await installation.database.write(async (transaction) => {
    await transaction.proxyAddress.createMany({
      data: [
        [25, "192.0.2.1"],
        [2, "192.0.2.2"],
        [1, "2001:db8::3"],
      ].map(([hours, address]) => {
        const lastSeenAt = addSeconds(now, -HOUR * Number(hours));
        return { proxyId: id, address: String(address), firstSeenAt: lastSeenAt, lastSeenAt };
      }),
    });
    const about = { sha256: "cd".repeat(32), admitted: 3, unexpressed: 0, madeAt: now };
    await transaction.allowlist.create({
      data: { serviceId: payments, format: "nginx", version: 9, ...about },
    });
    await transaction.proxyFile.create({
      data: {
        ...{ proxyId: id, serviceId: payments, format: "nginx", fetchedVersion: 8, fetchedAt: now },
        ...{ liveVersion: 7, liveAt: now },
      },
    });
  });
  const found = await getProxy(installation, testActor("viewer"), "edge");
  expect(found).toMatchObject({
    slug: "edge",
    status: "active",
    services: [{ id: payments, slug: "payments", name: "Payments" }],
    files: [
      {
        ...{ service: { slug: "payments" }, format: "nginx", newestVersion: 9, fetchedVersion: 8 },
        ...{ fetchedAt: now, liveVersion: 7, liveAt: now },
      },
    ],
  });
  expect(found.addresses.map(({ address }) => address)).toEqual(["2001:db8::3", "192.0.2.2"]);
  expect(token.startsWith(found.tokenPrefix)).toBe(true);
  expect(JSON.stringify(found)).not.toContain("tokenHash");
  expect((await getProxy(installation, admin, id)).slug).toBe("edge");
  await expect(getProxy(installation, admin, "nowhere")).rejects.toMatchObject({ code: "notFound" });
});
