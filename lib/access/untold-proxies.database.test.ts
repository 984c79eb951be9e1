import { expect, test } from "vitest";
import { testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { untoldProxies } from "#lib/access/untold-proxies.ts";

test("a proxy that fetches a list and reports no use is named, one that asks is not", async () => {
  const installation = await testInstallation();
  const admin = testActor("admin");
  const listed = await createService(installation, admin, { slug: "listed", name: "Listed" });
  const asked = await createService(installation, admin, { slug: "asked", name: "Asked" });
  const facts = { slug: "edge", name: "Edge", kind: "nginx", header: "client-cert" } as const;
  const { id } = await createProxy(installation, admin, { ...facts, services: [listed, asked] });
  await installation.database.write((transaction) =>
    transaction.proxyFile.create({
      data: {
        ...{ proxyId: id, serviceId: listed, format: "nginx", fetchedVersion: 1 },
        fetchedAt: installation.clock.now(),
      },
    }),
  );
  expect(await untoldProxies(installation, testActor("viewer"), [listed, asked])).toEqual({
    [listed]: ["Edge"],
  });
  await installation.close();
});
