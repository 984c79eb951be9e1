import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createCrlSource } from "#lib/authority/crl-source-change.ts";
import { applyCrlSources, fetchDueCrls, nextAttempt, nextFetch } from "#lib/authority/crl-source-fetch.ts";
import { crlSource, crlSourceHealth } from "#lib/authority/crl-source-read.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { openDatabase } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

const operator = testActor("operator");
let here: TestInstallation;
let installation: Installation;
let offset = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offset) };

/** What the issuer's server answers, and how often it was asked. */
let answer: { status: number; body: Uint8Array } = { status: 404, body: new Uint8Array() };
let asked = 0;
let server: Server;
let url: string;
let root: TestIdentity;
let leaf: TestIdentity;
let leafId: string;
let sourceId: string;

beforeEach(async () => {
  [offset, asked] = [0, 0];
  here = await testInstallation(clock);
  installation = { ...here, config: { ...here.config, fetchRanges: ["127.0.0.1"] } };
  server = createServer((request, response) => {
    asked++;
    if (request.url === "/silent.crl") return;
    response.writeHead(answer.status, { "Content-Type": "application/pkix-crl" }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/root.crl`;
  root = await testAuthority();
  leaf = await testLeaf(root);
  const [rootId = "", id = ""] = await recordForeignCertificates(here, [root.der, leaf.der]);
  leafId = id;
  sourceId = await createCrlSource(here, operator, { certificateId: rootId, url });
});
afterEach(async () => {
  server.close();
  await here.close();
});

const care = async (each: Installation) => {
  await fetchDueCrls(each);
  await applyCrlSources(each);
};

const listed = (number: bigint, revoked: boolean) =>
  testCrl(root, {
    number,
    thisUpdate: addSeconds(clock.now(), -1),
    nextUpdate: addSeconds(clock.now(), 7_200),
    entries: revoked ? [{ serial: readForeignCertificate(leaf.der).serialNumber }] : [],
  });

const stateOf = async (id: string) =>
  (await here.database.read.certificate.findUnique({ where: { id }, select: { cohort: true } }))?.cohort
    ?.state;

test("a CRL that is followed is fetched when it is due, and the inventory shows what it says", async () => {
  answer = { status: 200, body: listed(1n, true) };
  await care(installation);
  await care(installation);
  expect(asked).toBe(1);
  expect(await stateOf(leafId)).toBe("revoked");
  const source = await crlSource(here, operator, sourceId);
  expect(source).toMatchObject({ state: "ok", number: 1n, entries: 1, revocations: 1, failure: "" });
  expect(source.fetchAt?.getTime()).toBeGreaterThan(addSeconds(clock.now(), 3_500).getTime());
  offset = 3_700;
  answer = { status: 200, body: listed(2n, false) };
  await care(installation);
  expect(asked).toBe(2);
  expect(await stateOf(leafId)).toBe("active");
});

test("what fails is told, tried again at growing intervals, and leaves what is there in force", async () => {
  answer = { status: 200, body: listed(1n, true) };
  await care(installation);
  offset = 3_700;
  const failures = [
    { status: 503, body: Buffer.from("no") },
    { status: 200, body: Buffer.from("<html>hello</html>") },
    { status: 200, body: testCrl(await testAuthority()) },
    { status: 200, body: testCrl(root, { number: 0n, thisUpdate: addSeconds(clock.now(), -60) }) },
  ];
  const told: string[] = [];
  for (const failure of failures) {
    answer = failure;
    await care(installation);
    const source = await crlSource(here, operator, sourceId);
    expect(source).toMatchObject({ number: 1n, revocations: 1 });
    expect(source.failingSince).not.toBeNull();
    told.push(source.failure);
    offset = Math.ceil(((source.fetchAt?.getTime() ?? 0) - systemClock.now().getTime()) / 1_000) + 1;
  }
  expect(told[0]).toContain("503");
  expect(told[1]).toContain("no CRL that can be read");
  expect(told[2]).toContain("not signed by the key");
  expect(told[3]).toContain("lower");
  expect(await stateOf(leafId)).toBe("revoked");
  const failed = { action: "crl.fetch-failed" };
  expect(await here.database.read.auditEvent.count({ where: failed })).toBe(1);
  offset = 7_300;
  expect(await crlSourceHealth(here)).toMatchObject([{ state: "expired", url }]);
  offset = 20_000;
  answer = { status: 200, body: listed(2n, true) };
  await care(installation);
  expect(await crlSourceHealth(here)).toMatchObject([{ state: "ok", failingSince: null, failure: "" }]);
});

test("an address inside the network is not asked unless a setting allows it", async () => {
  answer = { status: 200, body: listed(1n, true) };
  await care(here);
  expect(asked).toBe(0);
  const source = await crlSource(here, operator, sourceId);
  expect(source).toMatchObject({ state: "missing" });
  expect(source.failure).toContain("COUNTERSIGN_FETCH_RANGES");
});

test("a list that its issuer lets end is not fetched whole again and again", async () => {
  const ended = addSeconds(clock.now(), -600);
  const body = testCrl(root, { thisUpdate: addSeconds(ended, -60), nextUpdate: ended });
  answer = { status: 200, body };
  await care(installation);
  offset = 500;
  await care(installation);
  expect(asked).toBe(1);
  offset = 700;
  await care(installation);
  expect(asked).toBe(2);
});

test("a server that is silent holds up neither the others nor what is here", async () => {
  const others = await Promise.all([1, 2, 3].map((each) => testAuthority({ subject: `CN=Other ${each}` })));
  const ids = await recordForeignCertificates(
    here,
    others.map(({ der }) => der),
  );
  for (const [index, certificateId] of ids.entries()) {
    const path = index === 0 ? "/silent.crl" : `/${index}.crl`;
    await createCrlSource(here, operator, { certificateId, url: new URL(path, url).href });
  }
  answer = { status: 200, body: listed(1n, true) };
  const fetching = fetchDueCrls(installation);
  await vi.waitFor(() => expect(asked).toBe(4), { timeout: 10_000 });
  await vi.waitFor(async () => {
    await applyCrlSources(installation);
    expect(await stateOf(leafId)).toBe("revoked");
  });
  server.closeAllConnections();
  await fetching;
});

test("of several instances one fetches", async () => {
  answer = { status: 200, body: listed(1n, true) };
  const others = [1, 2].map(() => ({ ...installation, database: openDatabase(here.config.database) }));
  await Promise.all([installation, ...others].map((each) => care(each)));
  for (const { database } of others) await database.close();
  expect(asked).toBe(1);
  await care(installation);
  expect(await stateOf(leafId)).toBe("revoked");
  expect(await here.database.read.auditEvent.count({ where: { action: "crl.fetched" } })).toBe(1);
  expect(await here.database.read.auditEvent.count({ where: { action: "certificate.found-revoked" } })).toBe(
    1,
  );
});

test("a list is fetched at half of what is left of its life, hourly at least, and never without a pause", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const after = (nextUpdate: Date | null) =>
    (nextFetch({ nextUpdate }, now).getTime() - now.getTime()) / 1_000;
  expect(after(addSeconds(now, 120))).toBe(60);
  expect(after(addSeconds(now, 86_400))).toBe(3_600);
  expect(after(addSeconds(now, 10))).toBe(30);
  expect([-10, -120, -90_000].map((left) => after(addSeconds(now, left)))).toEqual([30, 120, 3_600]);
  expect(after(null)).toBe(3_600);
});

test("after a failure the pauses grow from a minute to an hour", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const after = (since: Date | null) => (nextAttempt(since, now).getTime() - now.getTime()) / 1_000;
  expect([null, 60, 120, 240, 90_000].map((s) => after(s === null ? null : addSeconds(now, -s)))).toEqual([
    60, 60, 120, 240, 3_600,
  ]);
});
