import { connect } from "node:net";
import { connect as connectTls, type PeerCertificate } from "node:tls";
import { describe, expect, type TestContext, test } from "vitest";
import { testActor } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { systemClock } from "#lib/clock.ts";
import { loadConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/database.ts";
import { loadMasterKey } from "#lib/master-key.ts";
import { type Instance, startInstance } from "../fixtures/instance.ts";

/** What the console's listener does before Next sees a request. */

/** Loopback for the kernel, but not one of the addresses on which plain http is allowed. */
const OTHER_ADDRESS = "127.0.0.2";

/** Tests side by side need their own hook: the global one belongs to whichever runs last. */
async function start(context: TestContext, settings: Record<string, string>): Promise<Instance> {
  const instance = await startInstance({ COUNTERSIGN_PLANES: "console", ...settings });
  context.onTestFinished(async () => {
    await instance.stop();
  });
  return instance;
}

describe.concurrent("the console", () => {
  test("speaks https on another address, and presents its own authority's certificate once there is one", async (context) => {
    const instance = await start(context, { COUNTERSIGN_CONSOLE_ADDRESS: OTHER_ADDRESS });
    const port = Number(instance.settings.COUNTERSIGN_CONSOLE_PORT);
    expect((await presented(port)).subject.CN).toContain("before set-up");
    expect(instance.setupLink).toContain(`https://${OTHER_ADDRESS}:${port}/setup#`);

    const config = loadConfig(instance.settings, process.cwd());
    const database = openDatabase(config.database);
    const masterKey = loadMasterKey(config.masterKey);
    await foundAuthorities({ config, database, masterKey, clock: systemClock }, testActor("admin"), {
      organisation: "Example",
    });
    await database.close();
    await expect
      .poll(async () => (await presented(port)).subject.CN, { timeout: 15_000 })
      .toBe("Countersign console");
    expect((await presented(port)).subjectaltname).toContain(OTHER_ADDRESS);
  });

  test("believes only a trusted proxy that the browser speaks https", async (context) => {
    const headers = { "x-forwarded-proto": "https" };
    for (const [settings, hsts] of [
      [{ COUNTERSIGN_TRUSTED_PROXIES: "127.0.0.1" }, "max-age=31536000"],
      [{ COUNTERSIGN_TRUSTED_PROXIES: "192.0.2.1" }, null],
    ] as const) {
      const instance = await start(context, settings);
      const port = instance.settings.COUNTERSIGN_CONSOLE_PORT;
      const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, { headers });
      expect(answer.headers.get("strict-transport-security")).toBe(hsts);
    }
  });

  test("lets go of a caller who never finishes its headers", async (context) => {
    const instance = await start(context, {});
    const socket = connect(Number(instance.settings.COUNTERSIGN_CONSOLE_PORT), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
    const trickle = setInterval(() => socket.write("X-Slow: 1\r\n"), 1_000);
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("error", () => {}); // writing to what the other side has closed
      socket.on("close", () => resolve(text));
    });
    clearInterval(trickle);
    expect(answer).toContain("408 Request Timeout");
  });
});

function presented(port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: OTHER_ADDRESS, port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
