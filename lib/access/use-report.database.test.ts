import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { accessAttention } from "#lib/access/access-attention.ts";
import { createClient } from "#lib/access/client-change.ts";
import { getClient, listClients } from "#lib/access/client-read.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { grantMatrix } from "#lib/access/grant-matrix.ts";
import { proxyArrivals } from "#lib/access/proxy-arrivals.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { REPORTED_MAX, reportUse } from "#lib/access/use-report.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import { whoCanReach } from "#lib/access/who-can-reach.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";

const admin = testActor("admin");
const [HOUR, DAY] = [3_600, 86_400];
const START = new Date("2027-03-01T12:30:00Z");
let now = START;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let tally: UseTally;
let clientId: string;
let serviceId: string;
let proxyId: string;

beforeEach(async () => {
  now = START;
  installation = await testInstallation(clock);
  tally = new UseTally(installation);
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  clientId = await createClient(installation, admin, { name: "Billing" });
  await createGrant(installation, admin, { clientId, serviceId });
  ({ id: proxyId } = await createProxy(installation, admin, {
    ...{ slug: "edge", name: "Edge", kind: "nginx", header: "x-client-cert-pem", services: [serviceId] },
  }));
});
afterEach(() => installation.close());

const report = (input: unknown) => reportUse(installation, tally, { serviceId, proxyId }, input);
const use = (more: Record<string, unknown> = {}) => ({
  ...{ client: clientId, permitted: 3, refused: 1, lastAt: now.toISOString() },
  ...more,
});
const client = () => getClient(installation, admin, clientId);

/** The proxy decides by a file. */
const fetchFile = () =>
  installation.database.write((transaction) =>
    transaction.proxyFile.upsert({
      where: { proxyId_serviceId_format: { proxyId, serviceId, format: "nginx" } },
      create: { proxyId, serviceId, format: "nginx", fetchedVersion: 1, fetchedAt: now },
      update: { fetchedAt: now },
    }),
  );

test("use that a proxy reports counts in its hour, for the client and where it was let in last", async () => {
  const at = addSeconds(now, -2 * HOUR);
  expect(await report({ uses: [use({ lastAt: at.toISOString() }), use()] })).toEqual({
    counted: 2,
    unknown: [],
  });
  await tally.flush();
  expect(await report({ uses: [use({ permitted: 0, refused: 2 })] })).toMatchObject({ counted: 1 });
  await tally.end();
  const { hours, grants, ...facts } = await client();
  expect(facts).toMatchObject({ lastUsedAt: now, lastProxy: { slug: "edge" }, lastFrom: "", refused: 4 });
  expect(grants).toMatchObject([{ lastUsedAt: now }]);
  expect(hours.slice(-3)).toEqual([
    { permitted: 3, refused: 1 },
    { permitted: 0, refused: 0 },
    { permitted: 3, refused: 3 },
  ]);
  const { decisions } = await proxyArrivals(installation, admin, "edge");
  expect(decisions).toMatchObject([{ client: { id: clientId }, permitted: 3, refused: 3 }]);
});

test("nobody is counted who was never granted anything there", async () => {
  const other = await createClient(installation, admin, { name: "Other" });
  const uses = [use({ client: other }), use({ client: "nobody" }), use()];
  expect(await report({ uses })).toEqual({ counted: 1, unknown: [other, "nobody"] });
  await tally.end();
  expect((await getClient(installation, admin, other)).lastUsedAt).toBeNull();
});

test("a column that is full stays full, and holds up nothing", async () => {
  const many = { uses: [use({ permitted: 10_000_000, refused: 10_000_000 })] };
  for (let time = 0; time < 220; time++) await report(many);
  await tally.flush();
  await report(many);
  await tally.flush();
  const row = await installation.database.read.accessHour.findFirstOrThrow({ where: { clientId } });
  expect(row).toMatchObject({ permitted: 2_147_483_647, refused: 2_147_483_647 });
});

test("a report that says anything else is refused, naming the field", async () => {
  const field = (input: unknown) =>
    report(input).then(
      () => "taken",
      (error: DomainError) => `${error.code} ${error.violations[0]?.field}`,
    );
  expect(await field({ uses: [use({ lastAt: addSeconds(now, 301).toISOString() })] })).toBe(
    "malformed uses.0.lastAt",
  );
  expect(await field({ uses: [use(), use({ lastAt: addSeconds(now, -8 * DAY).toISOString() })] })).toBe(
    "malformed uses.1.lastAt",
  );
  expect(await field({ uses: [use({ permitted: -1 })] })).toBe("malformed uses.0.permitted");
  expect(await field({ uses: [use({ refused: 1.5 })] })).toBe("malformed uses.0.refused");
  expect(await field({ uses: [use({ lastAt: "yesterday" })] })).toBe("malformed uses.0.lastAt");
  expect(await field({ uses: Array.from({ length: REPORTED_MAX + 1 }, () => use()) })).toBe("malformed uses");
  expect(await field(null)).toMatch(/^malformed/);
  await tally.end();
  expect((await client()).lastUsedAt).toBeNull();
  // A clock that is a little ahead is none that lies.
  expect(await field({ uses: [use({ lastAt: addSeconds(now, 60).toISOString() })] })).toBe("taken");
  await tally.end();
  expect((await client()).lastUsedAt).toEqual(now);
});

test("whatever is reported is counted or refused", async () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({
      uses: fc.array(
        fc.record(
          {
            client: fc.oneof(fc.constant(clientId), fc.string()),
            permitted: fc.oneof(fc.nat(), fc.double(), fc.maxSafeInteger(), fc.jsonValue()),
            refused: fc.oneof(fc.nat(), fc.jsonValue()),
            lastAt: fc.oneof(
              fc.constant(START.toISOString()),
              fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
              fc.string(),
            ),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 4 },
      ),
    }),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (input) => {
      const outcome = await report(input).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(DomainError);
        expect(outcome).toMatchObject({ code: "malformed" });
      }
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
  await tally.flush();
});

test("a client is not called unused where a proxy decides by a file and tells nothing, until it does", async () => {
  const state = async () => {
    const [listed] = (await listClients(installation, admin)).clients;
    const unused = (await listClients(installation, admin, { state: "unused" })).clients.length;
    const active = (await listClients(installation, admin, { state: "active" })).clients.length;
    const attention = (await accessAttention(installation, admin)).unused.count;
    const [row] = (await grantMatrix(installation, admin)).rows;
    const [reaching] = (await whoCanReach(installation, admin, serviceId)).clients;
    expect([row?.client.state, reaching?.client.state]).toEqual([listed?.state, listed?.state]);
    expect([unused, active, attention]).toEqual(listed?.state === "unused" ? [1, 0, 1] : [0, 1, 0]);
    const { state: own, isUseTold } = await client();
    expect(own).toBe(listed?.state);
    return [own, isUseTold];
  };
  now = addSeconds(START, 91 * DAY);
  expect(await state()).toEqual(["unused", true]);
  await fetchFile();
  expect(await state()).toEqual(["active", false]);
  // It has begun to report, and saw nobody.
  await report({ uses: [] });
  await tally.end();
  expect(await state()).toEqual(["unused", true]);
  await report({ uses: [use()] });
  await tally.end();
  expect(await state()).toEqual(["active", true]);
});
