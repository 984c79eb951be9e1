import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { curl } from "#e2e/fixtures/curl.ts";
import { FETCH_SCRIPT, runFetchScript } from "#e2e/fixtures/fetch-script.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { CRL_LIFE_SECONDS } from "#e2e/fixtures/sizes.ts";
import { fetchScript } from "#lib/access/fetch-script.ts";
import { fetchCommands } from "#lib/access/proxy-configuration/fetch-commands.ts";
import { nginxWithCrl } from "#lib/access/proxy-configuration/nginx.ts";
import { type ProxySetup, usualFiles } from "#lib/access/proxy-configuration/proxy-setup.ts";
import { trustBundle } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";

/** The script against the protocol plane. */

/** Of what issues clients, and of the root. */
const CRLS = 3;

let installation: TestInstallation;
let folder: string;
const planes: PlaneProcess[] = [];

beforeAll(async () => {
  installation = await testInstallation();
  folder = mkdtempSync(join(tmpdir(), "countersign-fetch-"));
  await foundAuthorities(installation, testActor("admin"), { organisation: "Example" });
});
afterEach(async () => {
  for (const plane of planes.splice(0)) await plane.stop();
});
afterAll(async () => {
  await installation?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startPlane(settings: Record<string, string> = {}): Promise<PlaneProcess> {
  const plane = await startProtocolPlane({ ...installation.environment, ...settings });
  planes.push(plane);
  return plane;
}

test("the plane hands out the script, unchanged ones by 304", async () => {
  const plane = await startPlane();
  const file = join(folder, "script");
  const url = `${plane.httpUrl}/countersign-fetch-crl.sh`;
  const headers = await curl("-D", "-", "-o", file, url);
  expect(headers.status).toBe(200);
  expect(readFileSync(file, "utf8")).toBe(readFileSync(FETCH_SCRIPT, "utf8"));
  expect(headers.body).toMatch(/content-type: text\/x-shellscript/i);
  const etag = /etag: (\S+)/i.exec(headers.body)?.[1] ?? "";
  expect((await curl("-H", `If-None-Match: ${etag}`, url)).status).toBe(304);
});

test("the commands that the console shows fetch the script and the authorities, check both, and run", async () => {
  const plane = await startPlane();
  const files = { ...usualFiles("nginx", "localhost", "clients"), ...filesIn(join(folder, "shown")) };
  const setup: ProxySetup = {
    protocolUrl: plane.httpUrl,
    bundle: "clients",
    serverName: "localhost",
    address: null,
    port: 443,
    upstream: "127.0.0.1:8080",
    depth: 2,
    openSeconds: 30,
    files,
  };
  const known = {
    script: (await fetchScript(installation)).sha256,
    bundle: hash("sha256", await trustBundle(installation, "clients"), "hex"),
  };
  const script = join(folder, "installed.sh");
  const { install } = fetchCommands(setup, nginxWithCrl(setup), known, script);
  execFileSync("sh", ["-ec", install], { stdio: ["ignore", "ignore", "inherit"] });
  expect(readFileSync(files.crl, "utf8").match(/BEGIN X509 CRL/g)).toHaveLength(CRLS);

  // What somebody changed on its way is not run.
  const other = fetchCommands(setup, nginxWithCrl(setup), { ...known, script: "00".repeat(32) }, script);
  expect(() => execFileSync("sh", ["-ec", other.install], { stdio: "ignore" })).toThrow();
});

test("when the server is stopped the script is quiet for half of a CRL's life, and loud well before its end", async () => {
  const plane = await startPlane({ COUNTERSIGN_CRL_SECONDS: String(CRL_LIFE_SECONDS) });
  const [ca, out] = [join(folder, "clients.pem"), join(folder, "clients.crl")];
  writeFileSync(ca, `${(await curl(`${plane.httpUrl}/trust/clients.pem`)).body}\n`);
  const parameters = ["--url", `${plane.httpUrl}/crl/clients.pem`, "--ca", ca, "--out", out];
  const endsAt = () => {
    const said = execFileSync("openssl", ["crl", "-in", out, "-noout", "-nextupdate"], { encoding: "utf8" });
    return Date.parse(said.replace("nextUpdate=", ""));
  };

  // The server has lists of the longer life that was set before, and replaces them.
  const left = () => endsAt() - Date.now();
  do await runFetchScript(parameters);
  while (left() > CRL_LIFE_SECONDS * 1000 || left() < CRL_LIFE_SECONDS * 600);
  const end = endsAt();

  await plane.stop();
  let run = await runFetchScript(parameters);
  expect(run).toEqual({ code: 0, said: "" });
  while (run.code === 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    run = await runFetchScript(parameters);
  }
  expect(run).toMatchObject({ code: 1, said: expect.stringMatching(/cannot fetch.* ends in \d+ s/) });
  // Time is left to act in.
  expect(end - Date.now()).toBeGreaterThan((CRL_LIFE_SECONDS * 1000) / 4);
});

function filesIn(place: string): { clients: string; crl: string } {
  return { clients: join(place, "clients.pem"), crl: join(place, "clients.crl") };
}
