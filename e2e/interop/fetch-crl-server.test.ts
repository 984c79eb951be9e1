import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { curl } from "#e2e/fixtures/curl.ts";
import { FETCH_SCRIPT, runFetchScript } from "#e2e/fixtures/fetch-script.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";

/** The script against the protocol plane, whose CRLs live for seconds. */

const LIFE_SECONDS = 12;

let installation: TestInstallation;
let plane: PlaneProcess;
let folder: string;

beforeAll(async () => {
  installation = await testInstallation();
  folder = mkdtempSync(join(tmpdir(), "countersign-fetch-"));
  await foundAuthorities(installation, testActor("admin"), { organisation: "Example" });
  const environment = { ...installation.environment, COUNTERSIGN_CRL_SECONDS: String(LIFE_SECONDS) };
  plane = await startProtocolPlane(environment);
});
afterAll(async () => {
  await plane?.stop();
  await installation?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the plane hands out the script, unchanged ones by 304", async () => {
  const file = join(folder, "script");
  const url = `${plane.httpUrl}/countersign-fetch-crl.sh`;
  const headers = await curl("-D", "-", "-o", file, url);
  expect(headers.status).toBe(200);
  expect(readFileSync(file, "utf8")).toBe(readFileSync(FETCH_SCRIPT, "utf8"));
  expect(headers.body).toMatch(/content-type: text\/x-shellscript/i);
  const etag = /etag: (\S+)/i.exec(headers.body)?.[1] ?? "";
  expect((await curl("-H", `If-None-Match: ${etag}`, url)).status).toBe(304);
});

test("when the server is stopped the script is quiet for half of a CRL's life, and loud well before its end", async () => {
  const [ca, out] = [join(folder, "clients.pem"), join(folder, "clients.crl")];
  writeFileSync(ca, `${(await curl(`${plane.httpUrl}/trust/clients.pem`)).body}\n`);
  const parameters = ["--url", `${plane.httpUrl}/crl/clients.pem`, "--ca", ca, "--out", out];
  const endsAt = () => {
    const said = execFileSync("openssl", ["crl", "-in", out, "-noout", "-nextupdate"], { encoding: "utf8" });
    return Date.parse(said.replace("nextUpdate=", ""));
  };

  // It lives on for more than one life while the server is there.
  const began = Date.now();
  let replaced = 0;
  let end = 0;
  while (Date.now() - began < LIFE_SECONDS * 1000 * 1.2) {
    expect(await runFetchScript(parameters)).toEqual({ code: 0, said: "" });
    if (endsAt() !== end) replaced++;
    end = endsAt();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(replaced).toBeGreaterThan(1);

  await plane.stop();
  let run = await runFetchScript(parameters);
  while (run.code === 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    run = await runFetchScript(parameters);
  }
  expect(run).toMatchObject({ code: 1, said: expect.stringMatching(/cannot fetch.* ends in \d s/) });
  // A third of its life is left to act in.
  expect(end - Date.now()).toBeGreaterThan((LIFE_SECONDS * 1000) / 4);
});
