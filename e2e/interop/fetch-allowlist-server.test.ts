import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, type DecisionScene, decisionScene } from "#e2e/fixtures/decision-scene.ts";
import { ALLOWLIST_SCRIPT, runFetchScript } from "#e2e/fixtures/fetch-script.ts";
import { testActor } from "#e2e/fixtures/installation.ts";
import { createProxy } from "#lib/access/proxy-change.ts";

/** The script against the protocol plane, by a certificate in the place of a token. */

let scene: DecisionScene;

beforeAll(async () => {
  scene = await decisionScene();
});
afterAll(() => scene?.close());

/** Fetches the list of payments for HAProxy with a certificate. */
async function fetchAs({ cert, key }: Caller, folder: string) {
  const files = {
    cert: join(folder, "proxy.pem"),
    key: join(folder, "proxy.key"),
    ca: join(folder, "ca.pem"),
  };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.ca, scene.servers);
  return runFetchScript(
    [
      ...scene.planeAddresses.flatMap((plane) => ["--plane", plane]),
      ...["--name", "localhost", "--service", "payments", "--format", "haproxy", "--ca", files.ca],
      ...["--certificate", files.cert, "--key", files.key, "--out", join(folder, "list"), "--wait", "0"],
    ],
    { script: ALLOWLIST_SCRIPT },
  );
}

test("a proxy fetches and reports by its certificate, and nobody by another", async () => {
  const [proxy, stranger] = [await scene.newCaller("proxy"), await scene.newCaller("stranger")];
  const { id, slug } = await scene.installation.database.read.service.findUniqueOrThrow({
    where: { slug: "payments" },
    select: { id: true, slug: true },
  });
  await createProxy(scene.installation, testActor("admin"), {
    ...{ slug: "edge", name: "Edge", kind: "haproxy", header: "x-client-cert-der", services: [id] },
    certificateSha256: new X509Certificate(proxy.cert).fingerprint256.replaceAll(":", "").toLowerCase(),
  });
  const folder = scene.folder();
  // A plane learns of a new proxy a moment later.
  await expect.poll(() => fetchAs(proxy, folder), { timeout: 30_000 }).toEqual({ code: 0, said: "" });
  const sha256 = new X509Certificate(scene.callers.admitted.cert).fingerprint256.replaceAll(":", "");
  expect(readFileSync(join(folder, "list"), "utf8")).toMatch(
    new RegExp(`^# service ${slug}\n[^]*^${sha256} `, "m"),
  );
  const [held] = await scene.installation.database.read.proxyFile.findMany();
  expect(held?.format).toBe("haproxy");
  expect(held?.liveVersion).toBeGreaterThan(0);

  expect(await fetchAs(stranger, scene.folder())).toMatchObject({
    code: 3,
    said: expect.stringContaining("HTTP 401"),
  });
});
