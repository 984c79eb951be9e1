import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { GIVEN_UP_MS, NOTHING_RESUMED, revocationCourse, SLACK_MS } from "#e2e/fixtures/revocation-course.ts";
import { type RevocationScene, revocationScene } from "#e2e/fixtures/revocation-scene.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { apacheWithCrl } from "#lib/access/proxy-configuration/apache.ts";

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

const MODULES = ["mpm_event", "authz_core", "ssl", "proxy", "proxy_http", "socache_shmcb"];

test("Apache refuses a revoked client, whatever it kept, and goes on to serve the others", async () => {
  const { folder, setup } = await scene.setup();
  const configuration = apacheWithCrl(setup);
  // In the frame that a package brings.
  const isRoot = process.getuid?.() === 0;
  writeFileSync(
    setup.files.configuration,
    `${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
ServerName localhost
${isRoot ? "User www-data\nGroup www-data" : ""}
ErrorLog ${folder}/error.log
${configuration.parts.map(({ text }) => text).join("\n")}`,
  );
  ends.push(scene.keepFresh(setup, configuration, `kill -USR1 "$(cat ${folder}/apache.pid)"`));
  const apache = await startProxy("apache2", ["-D", "FOREGROUND", "-f", setup.files.configuration], {
    port: setup.port,
    log: join(folder, "said.log"),
  });
  ends.push(apache.stop);

  const course = await revocationCourse(scene, "Apache", setup.port, OPEN_SECONDS * 1000);
  expect(course.refusal).toMatch(/alert/);
  expect(course.refusedAfterMs).toBeLessThan(GIVEN_UP_MS);
  expect(course.resumptions).toEqual(NOTHING_RESUMED);
  expect(course.open.ended).toBe(true);
  expect(course.open.servedMs).toBeLessThan(SLACK_MS);
  // As its limits say: what runs is served to its end.
  expect(course.slow.ended).toBe(false);
  expect(course.slow.servedMs).toBeGreaterThan(OPEN_SECONDS * 1000);
  expect(course.others).toEqual({ failures: [], visits: expect.any(Number) });
});
