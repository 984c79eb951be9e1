import { afterAll, beforeAll, expect, test } from "vitest";
import { failedHandshake, handshakeBatch, succeededHandshake } from "#e2e/fixtures/failed-handshake.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import { createService } from "#lib/access/service-change.ts";
import type { Clock } from "#lib/clock.ts";
import { storeEvents } from "./event-store.ts";
import { failureChart } from "./failure-chart.ts";
import { countFailures, type FailureListing, listFailures } from "./failure-list.ts";
import { getFailure, listEvents } from "./failure-read.ts";

const viewer = testActor("viewer");
const now = new Date("2027-03-01T12:30:00Z");
const clock: Clock = { now: () => new Date(now) };
const T = now.getTime();
const HOUR = 3_600_000;
let installation: TestInstallation;
let serviceId: string;
let proxyId: string;

beforeAll(async () => {
  installation = await testInstallation(clock);
  const admin = testActor("admin");
  serviceId = await createService(installation, admin, { slug: "pay", name: "Payments" });
  proxyId = (
    await createProxy(installation, admin, {
      slug: "edge",
      name: "Edge",
      kind: "nginx",
      header: "client-cert",
      services: [serviceId],
    })
  ).id;
  const strangers = Array.from({ length: 7 }, (_, n) =>
    failedHandshake(T - n * HOUR, {
      client: { id: null, name: `CN=stranger ${n}` },
      ...{ cause: "issuer-unknown", certainty: "one-of", candidates: ["issuer-unknown", "self-signed"] },
    }),
  );
  const clients = Array.from({ length: 3 }, (_, n) =>
    failedHandshake(T - n * HOUR, {
      client: { id: `c${n}`, name: `Client ${n}` },
      serviceId,
      certificate: `cert${n}`,
    }),
  );
  const scan = failedHandshake(T, { client: null, cause: "not-tls" });
  await storeEvents(installation, handshakeBatch([...strangers, scan]));
  await storeEvents(installation, handshakeBatch([...clients, clients[0] as never], { proxyId }));
  const succeeded = [succeededHandshake(T, { clientId: "c2", serviceId })];
  await storeEvents(installation, handshakeBatch([], { proxyId, succeeded }));
});
afterAll(() => installation.close());

const names = async (listing: FailureListing) =>
  (await listFailures(installation, viewer, listing)).failures.map(({ presentedName }) => presentedName);

test("open ones, those that fail worst now first", async () => {
  expect((await names({})).slice(0, 4)).toEqual(["Client 0", "Client 1", "CN=stranger 0", "CN=stranger 1"]);
  const { failures } = await listFailures(installation, viewer);
  expect(failures).toHaveLength(10);
  expect(failures[0]).toMatchObject({
    ...{ client: { id: "c0" }, service: { slug: "pay" }, proxy: { slug: "edge" }, count: 2, state: "open" },
    ...{ certainty: "certain", candidates: ["client-certificate-expired"], assignee: null, isOfMany: false },
  });
  expect(failures[0]?.hours).toEqual([...new Array(35).fill(0), 2]);
  expect(failures[1]?.hours.at(-2)).toBe(1);
  expect(failures[0]?.rate).toBeCloseTo(2 * Math.LN2, 5);
});

test.each([
  [{ state: "resolved" }, 1],
  [{ state: "muted" }, 0],
  [{ state: "all" }, 11],
  [{ client: "c1" }, 1],
  [{ service: "pay" }, 2],
  [{ service: "pay", state: "all" }, 3],
  [{ service: "none" }, 0],
  [{ proxy: "edge" }, 2],
  [{ cause: "issuer-unknown" }, 7],
  [{ certainty: "one-of" }, 7],
  [{ certificate: "cert1" }, 1],
  [{ assignee: "ann" }, 0],
  [{ text: "client 1" }, 1],
  [{ text: "  EDGE   expired " }, 2],
  [{ text: "stranger issuer" }, 7],
  [{ text: "payments", state: "all" }, 3],
  [{ text: "100%" }, 0],
  [{ text: "_" }, 0],
  [{ text: "stranger", certainty: "certain" }, 0],
] satisfies [FailureListing, number][])("%j finds %i", async (filter, count) => {
  expect((await names(filter)).length).toBe(count);
  expect(await countFailures(installation, viewer, filter)).toBe(count);
});

test.each([{ state: "open" }, { state: "all" }, { text: "stranger" }] satisfies FailureListing[])(
  "pages of %j together are the whole list, in its order",
  async (filter) => {
    const whole = await names(filter);
    const paged: string[] = [];
    let after: string | undefined;
    do {
      const { failures, next } = await listFailures(installation, viewer, { ...filter, after, limit: 3 });
      paged.push(...failures.map(({ presentedName }) => presentedName));
      after = next ?? undefined;
    } while (after !== undefined);
    expect(paged).toEqual(whole);
  },
);

test.each(["", "x", "1e999_a", "1_", "NaN_a", "1_a' OR 1"])("%j is no cursor", async (after) => {
  await expect(listFailures(installation, viewer, { after })).rejects.toMatchObject({ code: "malformed" });
});

test("one of them is shown with its diagnosis, its history and its events", async () => {
  const { failures } = await listFailures(installation, viewer, { state: "resolved" });
  const id = failures[0]?.id ?? "";
  expect(await getFailure(installation, viewer, id)).toMatchObject({
    ...{ state: "resolved", certificates: ["cert2"] },
    diagnosis: { action: { words: "Renew the certificate." }, evidence: [{ from: "line" }] },
    changes: [{ what: "resolved", why: "A handshake of it went well there." }],
  });
  const { events, next } = await listEvents(installation, viewer, id);
  expect(next).toBeNull();
  expect(events).toMatchObject([
    { at: new Date(T - 2 * HOUR), peer: "192.0.2.7", lines: ["a line"], tls: "1.3" },
  ]);
  await expect(getFailure(installation, viewer, "none")).rejects.toMatchObject({ code: "notFound" });
});

test("events come page by page, the newest first", async () => {
  const failed = Array.from({ length: 25 }, (_, n) =>
    failedHandshake(T - Math.floor(n / 5) * 1_000, { cause: "alpn-mismatch", lines: [`${n}`, "second"] }),
  );
  const { began } = await storeEvents(installation, handshakeBatch(failed, { proxyId: "other" }));
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listEvents(installation, viewer, began[0] ?? "", { after, limit: 4 });
    seen.push(...page.events.map(({ at, lines }) => `${at.getTime()} ${lines[0]}`));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(new Set(seen).size).toBe(25);
  const times = seen.map((each) => Number(each.split(" ")[0]));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  await expect(listEvents(installation, viewer, "x", { after: "0x1-a" })).rejects.toMatchObject({
    code: "malformed",
  });
});

test("a chart has what failed and what went well, by the hour or by the day", async () => {
  const span = { from: new Date(T - 12 * HOUR), to: new Date(T + HOUR), service: "pay" };
  const { step, bars } = await failureChart(installation, viewer, span);
  expect(step).toBe("hour");
  expect(bars).toEqual([
    { at: new Date("2027-03-01T10:00:00Z"), cause: "client-certificate-expired", count: 1 },
    { at: new Date("2027-03-01T11:00:00Z"), cause: "client-certificate-expired", count: 1 },
    { at: new Date("2027-03-01T12:00:00Z"), cause: "client-certificate-expired", count: 2 },
    { at: new Date("2027-03-01T12:00:00Z"), cause: "none", count: 1 },
  ]);
  const long = await failureChart(installation, viewer, {
    ...span,
    from: new Date(T - 90 * 24 * HOUR),
    proxy: "edge",
  });
  expect(long).toEqual({
    step: "day",
    bars: [
      { at: new Date("2027-03-01"), cause: "client-certificate-expired", count: 4 },
      { at: new Date("2027-03-01"), cause: "none", count: 1 },
    ],
  });
  await expect(failureChart(installation, viewer, { from: now, to: now })).rejects.toMatchObject({
    code: "malformed",
  });
});

test("a token without the scope sees nothing", async () => {
  const token = { kind: "token", id: "t", name: "t", scopes: ["client:read"] } as const;
  await expect(listFailures(installation, token)).rejects.toMatchObject({ code: "forbidden" });
  await expect(getFailure(installation, token, "x")).rejects.toMatchObject({ code: "forbidden" });
  await expect(listEvents(installation, token, "x")).rejects.toMatchObject({ code: "forbidden" });
  await expect(countFailures(installation, token)).rejects.toMatchObject({ code: "forbidden" });
});
