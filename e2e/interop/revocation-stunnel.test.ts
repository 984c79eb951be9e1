import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { GIVEN_UP_MS, NOTHING_RESUMED, revocationCourse, SLACK_MS } from "#e2e/fixtures/revocation-course.ts";
import { type RevocationScene, revocationScene } from "#e2e/fixtures/revocation-scene.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { stunnelWithCrl } from "#lib/access/proxy-configuration/stunnel.ts";

const OPEN_SECONDS = 2;

let scene: RevocationScene;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  scene = await revocationScene(OPEN_SECONDS);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => scene?.close());

test("stunnel refuses a revoked client, whatever it kept, and serves the others again", async () => {
  const { folder, setup } = await scene.setup();
  const configuration = stunnelWithCrl(setup);
  writeFileSync(setup.files.configuration, configuration.parts[0]?.text ?? "");
  // A restart, as a service manager does it: the program ends, and is started anew.
  const log = join(folder, "said.log");
  const supervisor = `while true; do stunnel ${setup.files.configuration} & echo $! > ${folder}/pid; wait; done`;
  ends.push(scene.keepFresh(setup, configuration, `kill "$(cat ${folder}/pid)"`));
  const stunnel = await startProxy("sh", ["-c", `trap 'kill $!; exit' TERM; ${supervisor}`], {
    port: setup.port,
    log,
  });
  ends.push(stunnel.stop);

  const course = await revocationCourse(scene, "stunnel", setup.port, SLACK_MS);
  expect(course.refusal).toMatch(/alert/);
  expect(course.refusedAfterMs).toBeLessThan(GIVEN_UP_MS);
  expect(course.resumptions).toEqual(NOTHING_RESUMED);
  expect(course.open.ended).toBe(true);
  expect(course.open.servedMs).toBeLessThan(SLACK_MS);
  expect(course.slow.ended).toBe(true);
  expect(course.slow.servedMs).toBeLessThan(SLACK_MS);
  // A few come while it is away.
  expect(course.others.failures.length).toBeLessThan(course.others.visits / 3);
});
