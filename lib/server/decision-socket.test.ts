import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError } from "#lib/config.ts";
import { listenOnSocket } from "#lib/server/decision-socket.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-socket-"));
  path = join(folder, "decisions.sock");
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = () =>
  listenOnSocket(
    path,
    ({ url, socket }, response) => {
      if (url !== "/v1/decision/payments") return false;
      response.writeHead(200, { "X-From": socket.remoteAddress }).end();
      return true;
    },
    65_536,
  );

function asked(target: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; from: unknown }>((resolve, reject) => {
    request({ socketPath: path, path: target, headers, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, from: response.headers["x-from"] });
    })
      .on("error", reject)
      .end();
  });
}

test("decisions are answered there and nothing else, to whoever is of the same user or group", async () => {
  const end = await start();
  expect(statSync(path).mode & 0o777).toBe(0o660);
  // Node's own limit for headers is less than a large certificate takes.
  const large = { "X-Client-Cert-PEM": "x".repeat(40_000) };
  expect(await asked("/v1/decision/payments", large)).toEqual({ status: 200, from: "localhost" });
  expect((await asked("/v1/certificates")).status).toBe(404);
  await end();
  expect(existsSync(path)).toBe(false);
});

test("a socket that a dead process left is replaced; one that is in use is not, and no other file is", async () => {
  const end = await start();
  await expect(start()).rejects.toThrow(ConfigError);
  expect((await asked("/v1/decision/payments")).status).toBe(200);
  await end();

  const child = spawn(process.execPath, ["-e", `net.createServer().listen(${JSON.stringify(path)})`]);
  await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(path)).toBe(true);
  const endSecond = await start();
  expect((await asked("/v1/decision/payments")).status).toBe(200);
  await endSecond();

  writeFileSync(path, "precious");
  await expect(start()).rejects.toThrow(ConfigError);
  expect(readFileSync(path, "utf8")).toBe("precious");
});

test("a path where nothing can be made is told by the name of its setting", async () => {
  path = join(folder, "no", "such", "folder", "socket");
  await expect(start()).rejects.toThrow(/COUNTERSIGN_DECISION_SOCKET/);
});
