import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { refusal } from "#lib/authority/ocsp-answer.ts";
import { ocspFigureKeeper, ocspFigures } from "#lib/authority/ocsp-figures.ts";
import { OcspTally } from "#lib/authority/ocsp-tally.ts";

let installation: TestInstallation;
const viewer = testActor("viewer");

beforeEach(async () => {
  installation = await testInstallation();
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: new Date("2026-11-23T12:00:10Z") });
});
afterEach(async () => {
  vi.useRealTimers();
  await installation.close();
});

const saying = (status: "good" | "revoked" | "unknown", authority = "clients") => ({
  octets: Buffer.alloc(0),
  verdicts: [{ authority, status }],
  error: null,
  caching: null,
});
const rows = () => installation.database.read.setting.count({ where: { key: { startsWith: "ocsp-" } } });

test("the counts of several instances are added up, by authority, with rate and latency", async () => {
  const [one, two] = [new OcspTally(), new OcspTally()];
  for (let count = 0; count < 99; count++) one.count(saying("good"), 0.2);
  one.count(saying("revoked"), 30);
  for (let count = 0; count < 20; count++) two.count(saying("unknown", "servers"), 0.2);
  two.count(refusal("malformedRequest"), 0.05);
  vi.advanceTimersByTime(40_000);
  await ocspFigureKeeper(installation, one)();
  await ocspFigureKeeper(installation, two)();
  const figures = await ocspFigures(installation, viewer);
  expect(figures.perSecond).toBeCloseTo(121 / 40, 3);
  expect(figures.latencyMs).toEqual({ p50: 0.25, p99: 0.25 });
  expect(figures.authorities.clients?.total).toEqual({ good: 99, revoked: 1, unknown: 0 });
  expect(figures.authorities.servers?.recent).toEqual({ good: 0, revoked: 0, unknown: 20 });
  expect(figures.errors).toEqual({ malformedRequest: 1 });
  expect(figures.since).toEqual(new Date("2026-11-23T12:00:10Z"));
});

test("what is over no longer counts as recent, and is told for a day", async () => {
  const tally = new OcspTally();
  const keep = ocspFigureKeeper(installation, tally);
  tally.count(saying("good"), 1);
  await keep();
  expect((await ocspFigures(installation, viewer)).perSecond).toBeGreaterThan(0);
  vi.advanceTimersByTime(6 * 60_000);
  await keep();
  const idle = await ocspFigures(installation, viewer);
  expect(idle.perSecond).toBe(0);
  expect(idle.latencyMs).toBeNull();
  expect(idle.authorities.clients?.total.good).toBe(1);
  vi.advanceTimersByTime(25 * 3_600_000);
  expect((await ocspFigures(installation, viewer)).since).toBeNull();
});

test("an instance writes every ten seconds at most, nothing when nothing changed, and tidies up", async () => {
  const gone = new OcspTally();
  gone.count(saying("good"), 1);
  await ocspFigureKeeper(installation, gone)();
  vi.advanceTimersByTime(25 * 3_600_000);
  const tally = new OcspTally();
  const keep = ocspFigureKeeper(installation, tally);
  await keep();
  expect(await rows()).toBe(1);
  tally.count(saying("good"), 1);
  await keep();
  expect(await rows()).toBe(1);
  const total = async () => (await ocspFigures(installation, viewer)).authorities.clients?.total.good;
  tally.count(saying("good"), 1);
  await keep();
  expect(await total()).toBe(1);
  vi.advanceTimersByTime(10_000);
  await keep();
  expect(await total()).toBe(2);
});
