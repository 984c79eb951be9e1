import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { changeProxy, createProxy } from "#lib/access/proxy-change.ts";
import { forgetProxyFile, listFrontProxies, listHeldAllowlists } from "#lib/access/proxy-files.ts";
import { getProxy } from "#lib/access/proxy-read.ts";
import { createService, retireService } from "#lib/access/service-change.ts";

const admin = testActor("admin");
const now = new Date("2027-03-01T12:30:00Z");
let installation: TestInstallation;
let payments: string;
let orders: string;
let edge: string;

beforeEach(async () => {
  installation = await testInstallation({ now: () => now });
  payments = await createService(installation, admin, { slug: "payments", name: "Payments" });
  orders = await createService(installation, admin, { slug: "orders", name: "Orders" });
  const facts = { slug: "edge", name: "Edge", kind: "nginx", header: "client-cert" } as const;
  edge = (await createProxy(installation, admin, { ...facts, services: [payments, orders] })).id;
  for (const serviceId of [payments, orders]) await fetched(serviceId, "nginx");
});
afterEach(() => installation.close());

const fetched = (serviceId: string, format: string) =>
  installation.database.write((transaction) =>
    transaction.proxyFile.create({
      data: { proxyId: edge, serviceId, format, fetchedVersion: 3, fetchedAt: now },
    }),
  );
const change = (version: number, kind: "nginx" | "haproxy", services: string[]) =>
  changeProxy(installation, admin, edge, version, { name: "Edge", kind, header: "client-cert", services });
const shown = async () =>
  (await getProxy(installation, admin, "edge")).files.map(
    ({ service, format }) => `${service.slug} ${format}`,
  );
const kept = () => installation.database.read.proxyFile.count();

test("a list is forgotten when its service is taken from the proxy, and is not shown when it comes late", async () => {
  expect(await shown()).toEqual(["orders nginx", "payments nginx"]);
  await change(1, "nginx", [payments]);
  expect(await kept()).toBe(1);
  await fetched(orders, "nginx");
  expect(await shown()).toEqual(["payments nginx"]);
  expect(await listHeldAllowlists(installation, admin, [orders])).toEqual([]);
  expect(await listHeldAllowlists(installation, admin, [payments])).toMatchObject([
    { proxy: { slug: "edge" }, service: { slug: "payments" }, fetchedVersion: 3, newestVersion: 3 },
  ]);
});

test("lists of another kind are forgotten when a proxy changes its kind, json stays", async () => {
  await fetched(payments, "json");
  await change(1, "haproxy", [payments, orders]);
  expect(await kept()).toBe(1);
  await fetched(orders, "nginx");
  expect(await shown()).toEqual(["payments json"]);
});

test("lists of a service are forgotten when it is retired", async () => {
  await retireService(installation, admin, payments, 1);
  expect(await kept()).toBe(1);
  await fetched(payments, "nginx");
  expect(await shown()).toEqual(["orders nginx"]);
});

test("somebody says that a proxy asks now, and the audit trail has it", async () => {
  await forgetProxyFile(installation, admin, edge, payments);
  expect(await shown()).toEqual(["orders nginx"]);
  await expect(forgetProxyFile(installation, admin, edge, payments)).rejects.toMatchObject({
    code: "notFound",
  });
  await expect(forgetProxyFile(installation, testActor("viewer"), edge, orders)).rejects.toMatchObject({
    code: "forbidden",
  });
  const event = await installation.database.read.auditEvent.findFirstOrThrow({
    orderBy: { sequence: "desc" },
  });
  expect(event.action).toBe("proxy.file-forgotten");
});

test("proxies in front of a service are told with the list from which each decides", async () => {
  const facts = { slug: "asks", name: "Asks", kind: "nginx", header: "client-cert" } as const;
  await createProxy(installation, admin, { ...facts, services: [payments] });
  const fronts = await listFrontProxies(installation, testActor("viewer"), [payments]);
  expect(fronts.map(({ proxy, list }) => [proxy.slug, list?.fetchedVersion ?? null])).toEqual([
    ["asks", null],
    ["edge", 3],
  ]);
});
