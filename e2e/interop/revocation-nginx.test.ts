import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { GIVEN_UP_MS, NOTHING_RESUMED, revocationCourse, SLACK_MS } from "#e2e/fixtures/revocation-course.ts";
import { type RevocationScene, revocationScene } from "#e2e/fixtures/revocation-scene.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { nginxWithCrl, nginxWithOcsp } from "#lib/access/proxy-configuration/nginx.ts";
import type { ProxyConfiguration } from "#lib/access/proxy-configuration/proxy-setup.ts";

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

/** nginx with exactly these texts, in the frame that a package brings. */
async function startNginx(folder: string, port: number, { parts }: ProxyConfiguration): Promise<void> {
  const main = parts.length === 2 ? parts[0]?.text : "";
  for (const temporary of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(folder, temporary));
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
${main}
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
${parts.at(-1)?.text}
}
`,
  );
  // Root's nginx would drop to a user that cannot read the folder.
  const user = process.getuid?.() === 0 ? ["-g", "user root;"] : [];
  const parameters = ["-p", folder, "-c", join(folder, "nginx.conf"), ...user];
  const nginx = await startProxy("nginx", parameters, { port, log: join(folder, "said.log") });
  ends.push(nginx.stop);
}

test("nginx refuses a revoked client, whatever it kept, and goes on to serve the others", async () => {
  const { folder, setup } = await scene.setup();
  const configuration = nginxWithCrl(setup);
  ends.push(scene.keepFresh(setup, configuration, `kill -HUP "$(cat ${folder}/nginx.pid)"`));
  await startNginx(folder, setup.port, configuration);

  const course = await revocationCourse(scene, "nginx", setup.port, OPEN_SECONDS * 1000 + SLACK_MS);
  expect(course.refusal).toBe("HTTP/1.1 400 Bad Request");
  expect(course.refusedAfterMs).toBeLessThan(GIVEN_UP_MS);
  expect(course.resumptions).toEqual(NOTHING_RESUMED);
  expect(course.open.ended).toBe(true);
  expect(course.open.servedMs).toBeLessThan(SLACK_MS);
  expect(course.slow.ended).toBe(true);
  expect(course.slow.servedMs).toBeLessThan(OPEN_SECONDS * 1000 + SLACK_MS);
  expect(course.others).toEqual({ failures: [], visits: expect.any(Number) });
});

test("with resumption left on, nginx goes on to serve a revoked client: what the configuration is there for", async () => {
  const { folder, setup } = await scene.setup();
  const configuration = nginxWithCrl(setup);
  for (const part of configuration.parts) {
    part.text = part.text
      .replace(/ssl_session_cache +off;/, "ssl_session_cache shared:here:1m;")
      .replace(/ssl_session_tickets +off;/, "ssl_session_tickets on;");
  }
  ends.push(scene.keepFresh(setup, configuration, `kill -HUP "$(cat ${folder}/nginx.pid)"`));
  await startNginx(folder, setup.port, configuration);

  const { refusedAfterMs, resumptions } = await revocationCourse(scene, "nginx, resuming", setup.port, 0);
  expect(refusedAfterMs).toBeLessThan(GIVEN_UP_MS);
  expect(resumptions.filter(({ servedAfter }) => servedAfter)).not.toEqual([]);
});

test("nginx that asks by OCSP refuses a revoked client at once", async () => {
  const { folder, setup } = await scene.setup();
  const configuration = nginxWithOcsp(setup, null);
  expect(configuration.reload).toBeNull();
  await startNginx(folder, setup.port, configuration);

  const course = await revocationCourse(scene, "nginx by OCSP", setup.port, OPEN_SECONDS * 1000);
  expect(course.refusal).toBe("HTTP/1.1 400 Bad Request");
  expect(course.refusedAfterMs).toBeLessThan(GIVEN_UP_MS);
  expect(course.resumptions).toEqual(NOTHING_RESUMED);
  expect(course.open.ended).toBe(true);
  expect(course.open.servedMs).toBeLessThan(SLACK_MS);
  // As its limits say: what runs is served to its end.
  expect(course.slow.ended).toBe(false);
  expect(course.slow.servedMs).toBeGreaterThan(OPEN_SECONDS * 1000);
  expect(course.others).toEqual({ failures: [], visits: expect.any(Number) });
});
