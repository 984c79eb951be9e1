import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { NOTHING_RESUMED, revocationCourse } from "#e2e/fixtures/revocation-course.ts";
import { type RevocationScene, revocationScene } from "#e2e/fixtures/revocation-scene.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { apacheWithCrl } from "#lib/access/proxy-configuration/apache.ts";

const OPEN_SECONDS = 2;
const CLICK_TO_REFUSAL_MS = 10_000;
/** What runs beside a request takes its time too. */
const SLACK_MS = 1_000;

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

  const course = await revocationCourse(scene, setup.port, OPEN_SECONDS * 1000 + 2_000);
  expect(course.refusal).toMatch(/alert/);
  expect(course.refusedAfterMs).toBeLessThan(CLICK_TO_REFUSAL_MS);
  expect(course.resumptions).toEqual(NOTHING_RESUMED);
  expect(course.openServedMs).toBeLessThan(course.refusedAfterMs + SLACK_MS);
  // As its limits say: what runs is served to its end.
  expect(course.slowServedMs).toBeGreaterThan(course.refusedAfterMs + OPEN_SECONDS * 1000);
  expect(course.others).toEqual({ failed: 0, visits: expect.any(Number) });
});
