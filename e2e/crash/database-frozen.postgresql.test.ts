import { afterEach, beforeEach, expect, test } from "vitest";
import { type FreezingProxy, freezingProxy } from "#e2e/fixtures/freezing-proxy.ts";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { ask, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { type Config, loadConfig } from "#lib/config.ts";
import { isDatabaseAway, openDatabase, promptDatabase } from "#lib/database.ts";
import { openDriver } from "#lib/driver.ts";
import { pause } from "./burst.ts";

/** Long for a machine with much else to do, and short for a connection that is waited for without end. */
const PATIENCE_MS = 60_000;

let installation: TestInstallation;
let way: FreezingProxy;
/** The same installation, whose database is behind the proxy. */
let environment: Record<string, string>;
let target: Config["database"];

beforeEach(async () => {
  installation = await testInstallation();
  const url = new URL(installation.environment.DATABASE_URL ?? "");
  way = await freezingProxy(Number(url.port));
  url.port = String(way.port);
  environment = { ...installation.environment, DATABASE_URL: url.href };
  target = loadConfig(environment, process.cwd()).database;
});
afterEach(async () => {
  await way.close();
  await installation.close();
});

test("a connection that dies without a word is given up, and with it those beside it", {
  timeout: PATIENCE_MS,
}, async () => {
  const database = openDatabase(target);
  const prompt = promptDatabase(database);
  const driver = await openDriver(target);
  const look = () => database.read.ground.findUniqueOrThrow({ where: { id: 1 } });
  await Promise.all([look(), look(), prompt.read.ground.findMany(), driver.all('SELECT "id" FROM "Ground"')]);
  const unfinished = database.write(async (transaction) => {
    way.freeze();
    await transaction.ground.findMany();
  });
  const failed = expect(unfinished).rejects.toSatisfy(isDatabaseAway);
  await pause(2_500);
  await expect(prompt.read.ground.findMany()).rejects.toSatisfy(isDatabaseAway);
  await failed;
  const began = performance.now();
  await Promise.all([look(), look(), prompt.read.ground.findMany(), driver.all('SELECT "id" FROM "Ground"')]);
  await database.write(async (transaction) => void (await transaction.ground.findMany()));
  process.stdout.write(`all goes on after ${Math.round(performance.now() - began)} ms\n`);
  await Promise.all([prompt.close(), driver.close()]);
  await database.close();
});

test("a plane follows again soon after its connections died without a word", {
  timeout: 3 * PATIENCE_MS,
}, async () => {
  const plane = await startProtocolPlane(environment);
  const readiness = async () => {
    const { status, body } = await ask(plane.httpsUrl, { path: "/readyz" });
    return { status, decisions: String(JSON.parse(body).checks.decisions) };
  };
  await expect.poll(readiness, { timeout: PATIENCE_MS }).toMatchObject({ status: 200, decisions: "ok" });
  way.freeze();
  const frozen = performance.now();
  await expect
    .poll(async () => (await readiness()).decisions, { timeout: PATIENCE_MS, interval: 100 })
    .toMatch(/does not answer/);
  await expect
    .poll(readiness, { timeout: PATIENCE_MS, interval: 100 })
    .toMatchObject({ status: 200, decisions: "ok" });
  process.stdout.write(`follows again ${Math.round(performance.now() - frozen)} ms after the freeze\n`);
  expect(way.alive).toBeGreaterThan(0);
  await plane.stop();
});
