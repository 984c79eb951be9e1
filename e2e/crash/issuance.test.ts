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
  for (let crash = 0; crash < CRASHES; crash++) {
    plane = await startProtocolPlane(installation.environment);
    const ended = clients.burst(plane);
    // A random moment from before the first certificate to about the last, whatever the machine's speed.
    const before = clients.acknowledged.size;
    const enough = Math.floor(random() * CONCURRENT * 0.95);
    const done = ended.then(() => true);
    while (clients.acknowledged.size - before < enough && !(await Promise.race([done, pause(1)])));
    await pause(random() * 25);
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
