import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { listCallers } from "#lib/access/caller-read.ts";
import { listClients } from "#lib/access/client-read.ts";
import { listProxies } from "#lib/access/proxy-read.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { fixedClock } from "#lib/clock.ts";
import { RISK_CODES, risksOf } from "#lib/inventory/certificate-risks.ts";
import { CERTIFICATE_STATUSES, certificateStatus } from "#lib/inventory/certificate-status.ts";
import { fillDemo } from "#lib/server/demo-data.ts";

const NOW = fixedClock("2026-11-23T02:00:00Z");
let installation: TestInstallation;
let processorMs: number;
beforeAll(async () => {
  installation = await testInstallation(NOW);
  const before = process.cpuUsage();
  await fillDemo(installation);
  const { user, system } = process.cpuUsage(before);
  // Processor time, as tests share the machine: it is made within 30 s when it is alone.
  processorMs = (user + system) / 1000;
});
afterAll(() => installation.close());

test("the demo has some 300 certificates in every status and with every risk, in little time", async () => {
  const rows = await installation.database.read.certificate.findMany({
    where: { status: "issued" },
    select: { notBefore: true, notAfter: true, kind: true, cohort: true },
  });
  const count = (names: string[]) =>
    Object.fromEntries(
      [...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]),
    );
  const statuses = rows.map(({ notBefore, notAfter, cohort }) =>
    certificateStatus({ notBefore, notAfter, state: cohort?.state ?? "" }, NOW.now()),
  );
  const risks = rows.flatMap(({ cohort }) => risksOf(cohort?.risks ?? 0));
  process.stdout.write(
    `${rows.length} in ${Math.round(processorMs)} ms of processor time: ${JSON.stringify({ ...count(statuses), ...count(risks) })}\n`,
  );
  expect(rows.length).toBeGreaterThan(250);
  expect(rows.length).toBeLessThan(400);
  expect([...new Set(statuses)].sort()).toEqual([...CERTIFICATE_STATUSES].sort());
  expect([...new Set(risks)].sort()).toEqual([...RISK_CODES].sort());
  expect(processorMs).toBeLessThan(20_000);
});

test("what the demo tells of itself hangs together", async () => {
  const check = verifyChain(installation, testActor("auditor"));
  let step = await check.next();
  while (!step.done) step = await check.next();
  expect(step.value).toMatchObject({ whole: true, restorations: [] });
  const times = await installation.database.read.auditEvent.findMany({
    select: { at: true },
    orderBy: { sequence: "asc" },
  });
  expect(times.every(({ at }, n) => n === 0 || at >= (times[n - 1]?.at ?? at))).toBe(true);
  expect(await installation.database.read.trustBundleMember.count()).toBe(1);
});

test("clients of the demo are used, suspended, replaced and unknown", async () => {
  const admin = testActor("admin");
  const { clients } = await listClients(installation, admin);
  const states = new Map(clients.map(({ name, state }) => [name, state]));
  expect(states.get("billing-worker")).toBe("active");
  expect(states.get("weather-feed")).toBe("suspended");
  const hours = clients.find(({ name }) => name === "billing-worker")?.hours ?? [];
  expect(hours).toHaveLength(36);
  // The hour that has just begun is still empty.
  expect(hours.slice(0, -1).every(({ permitted }) => permitted > 0)).toBe(true);
  expect(clients.find(({ name }) => name === "weather-feed")?.refused).toBeGreaterThan(0);
  expect(clients.find(({ name }) => name === "invoice-export")?.credentials).toEqual({ active: 2, next: 0 });
  const { callers } = await listCallers(installation, admin);
  expect(callers.map(({ displayName }) => displayName)).toEqual(["stock.northwind.example"]);
  expect(callers.every(({ notAfter }) => notAfter > NOW.now())).toBe(true);
  // Whoever is let in has a certificate that is worth something.
  const used = clients.filter(({ lastUsedAt }) => lastUsedAt !== null);
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter(({ proofs }) => !proofs.some(({ standing }) => standing === "live"))).toEqual([]);
  const { proxies } = await listProxies(installation, admin);
  expect(proxies.map(({ slug, lastSeenAt }) => [slug, lastSeenAt !== null])).toEqual([
    ["edge-1", true],
    ["grid-edge", true],
    ["mesh", true],
  ]);
  expect(proxies.find(({ slug }) => slug === "grid-edge")?.files).toMatchObject([
    { service: { slug: "metering" }, format: "haproxy", fetchedVersion: 1, liveVersion: 1, newestVersion: 1 },
  ]);
});

test("the demo's proxies refuse somebody, for several reasons, and one of them is over", async () => {
  const rows = await installation.database.read.failure.findMany({ orderBy: { cause: "asc" } });
  const told = rows.map(({ cause, state, certificateId }) => [cause, state, certificateId !== null]);
  expect(told.filter(([, state]) => state !== "open")).toEqual([
    ["client-certificate-missing", "muted", false],
    ["crl-expired", "resolved", true],
  ]);
  expect(new Set(told.map(([cause]) => cause))).toEqual(
    new Set(["client-certificate-expired", "client-certificate-missing", "crl-expired", "issuer-unknown"]),
  );
  expect(await installation.database.read.heldLine.count()).toBe(0);
});
