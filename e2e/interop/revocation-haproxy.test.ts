import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { GIVEN_UP_MS, NOTHING_RESUMED, revocationCourse, SLACK_MS } from "#e2e/fixtures/revocation-course.ts";
import { type RevocationScene, revocationScene } from "#e2e/fixtures/revocation-scene.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { haproxyWithCrl } from "#lib/access/proxy-configuration/haproxy.ts";

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

test("HAProxy refuses a revoked client, whatever it kept, and goes on to serve the others", async () => {
  const { folder, setup } = await scene.setup();
  const configuration = haproxyWithCrl(setup);
  writeFileSync(setup.files.configuration, configuration.parts[0]?.text ?? "");
  const pid = join(folder, "haproxy.pid");
  // What a package's unit does.
  ends.push(scene.keepFresh(setup, configuration, `kill -USR2 "$(cat ${pid})"`));
  const haproxy = await startProxy("haproxy", ["-W", "-p", pid, "-f", setup.files.configuration], {
    port: setup.port,
    log: join(folder, "said.log"),
  });
  ends.push(haproxy.stop);

  const course = await revocationCourse(scene, "HAProxy", setup.port, OPEN_SECONDS * 1000 + SLACK_MS);
  expect(course.refusal).toMatch(/alert/);
  expect(course.refusedAfterMs).toBeLessThan(GIVEN_UP_MS);
  expect(course.resumptions).toEqual(NOTHING_RESUMED);
  expect(course.open.ended).toBe(true);
  expect(course.open.servedMs).toBeLessThan(SLACK_MS);
  expect(course.slow.ended).toBe(true);
  expect(course.slow.servedMs).toBeLessThan(OPEN_SECONDS * 1000 + SLACK_MS);
  expect(course.others).toEqual({ failures: [], visits: expect.any(Number) });
});
