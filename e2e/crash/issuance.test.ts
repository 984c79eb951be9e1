import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testInstallation } from "#e2e/fixtures/installation.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { CONCURRENT, clientsOf, expectNothingLost, pause, seededRandom } from "./burst.ts";

let installation: TestInstallation;
let plane: PlaneProcess | undefined;

beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(async () => {
  await plane?.kill();
  await installation.close();
});

test(`kill -9 at ${CRASHES} random moments of ${CONCURRENT} concurrent issuances loses nothing acknowledged and leaves nothing half done`, {
  timeout: 60_000 + CRASHES * 30_000,
}, async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const random = seededRandom(SEED);
  const clients = await clientsOf(installation);
  plane = await startProtocolPlane(installation.environment);
  const began = performance.now();
  await clients.burst(plane);
  const usual = performance.now() - began;
  await plane.kill();
  for (let crash = 0; crash < CRASHES; crash++) {
    plane = await startProtocolPlane(installation.environment);
    const ended = clients.burst(plane);
    // A random moment from before the first certificate to about the last, whatever the machine's speed: spread
    // over the time that a burst takes, so that few kills meet its beginning, its middle and its end as well.
    await pause(usual * (0.1 + (0.85 * (crash + random())) / CRASHES));
    await plane.kill();
    await ended;
  }
  process.stdout.write(`${clients.acknowledged.size} acknowledged, ${clients.unanswered} cut off\n`);
  expect(clients.acknowledged.size).toBeGreaterThan(0);
  expect(clients.unanswered).toBeGreaterThan(0);
  // It starts again on what the last kill left behind.
  plane = await startProtocolPlane(installation.environment);
  await expectNothingLost(installation, clients);
});
