import { expect, test } from "vitest";
import { testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createService, retireService } from "#lib/access/service-change.ts";
import { serviceNames } from "#lib/access/service-names.ts";

const admin = testActor("admin");

test("active services are named by short name, and retired ones are not", async () => {
  const installation = await testInstallation();
  await createService(installation, admin, { slug: "orders", name: "A service", hostNames: ["o.example"] });
  const id = await createService(installation, admin, { slug: "ledger", name: "Ledger" });
  await retireService(installation, admin, id, 1);
  await createService(installation, admin, { slug: "mail", name: "Mail" });
  expect(await serviceNames(installation, admin)).toMatchObject([
    { slug: "mail", name: "Mail", hostNames: [] },
    { slug: "orders", name: "A service", hostNames: ["o.example"] },
  ]);
  await installation.close();
});

test("a service that learns or fails open says so, for proxies that cannot do it", async () => {
  const installation = await testInstallation();
  const admin = testActor("admin");
  await createService(installation, admin, { slug: "open", name: "Open", failsOpen: true });
  await createService(installation, admin, { slug: "school", name: "School", unknownClients: "learn" });
  const named = await serviceNames(installation, admin);
  expect(named.map(({ slug, isLearning, failsOpen }) => [slug, isLearning, failsOpen])).toEqual([
    ["open", false, true],
    ["school", true, false],
  ]);
  await installation.close();
});
