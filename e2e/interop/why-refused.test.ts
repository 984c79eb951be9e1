import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page, expect as playwrightExpect } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import buildConsole from "#e2e/fixtures/built-console.ts";
import { curl } from "#e2e/fixtures/curl.ts";
import { SHIP_SCRIPT } from "#e2e/fixtures/fetch-script.ts";
import { isInstalled } from "#e2e/fixtures/installed.ts";
import { type Instance, startInstance } from "#e2e/fixtures/instance.ts";
import { insertPerson, PASSWORD } from "#e2e/fixtures/people.ts";
import {
  type RefusalScene,
  type RefusingProxy,
  refusalScene,
  type Shown,
} from "#e2e/fixtures/refusal-scene.ts";
import type { RunningProxy } from "#e2e/fixtures/running-proxy.ts";
import { withinMs } from "#e2e/fixtures/sizes.ts";
import { type StrictKind, type StrictProxy, strictProxy } from "#e2e/fixtures/strict-proxy.ts";
import { causeTitle } from "#lib/handshake/cause-title.ts";
import type { Cause } from "#lib/handshake/causes.ts";
import { ensureSetupToken, markSetUp } from "#lib/identity/setup-state.ts";

/**
 * From a refused handshake of a real proxy to the screen that says why, to the button that mends it, to the failure
 * that resolves itself: with the proxies' own logs, sent by our script.
 */

const expectOf = playwrightExpect.configure({ timeout: 30_000 });

let scene: RefusalScene;
let instance: Instance;
let browser: Browser;

beforeAll(async () => {
  buildConsole();
  scene = await refusalScene();
  await insertPerson(scene.installation, "admin", "Ada");
  await ensureSetupToken(scene.installation);
  await scene.installation.database.write(markSetUp);
  instance = await startInstance(scene.installation.environment);
  browser = await chromium.launch({
    ...(existsSync("/usr/bin/chromium") ? { executablePath: "/usr/bin/chromium" } : {}),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  });
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await instance?.stop();
  await scene?.close();
}, 60_000);

/** So long after a handshake its failure is on the screen. */
const SHOWN_MS = withinMs(3_000, 30_000);

const PROGRAMS: Record<StrictKind, string> = {
  nginx: "nginx",
  haproxy: "haproxy",
  apache: "apache2",
  caddy: "caddy",
};
const isMissing = (kind: StrictKind) => !isInstalled(PROGRAMS[kind]) || !isInstalled("chromium");

for (const kind of Object.keys(PROGRAMS) as StrictKind[])
  describe.skipIf(isMissing(kind))(kind, () => {
    let front: RefusingProxy;
    let proxy: StrictProxy;
    let running: RunningProxy;
    let page: Page;
    let endShipper: () => Promise<void>;

    beforeAll(async () => {
      front = await scene.proxy(kind);
      const { strict, old } = front.listeners;
      const present = await presentCrls(front.callers.revoked);
      for (const { crl } of [strict, old]) front.put(crl, present);
      proxy = strictProxy(kind, front.folder, Object.values(front.listeners));
      running = await proxy.start();
      endShipper = ship(front, proxy.logs);
      page = await signedIn();
    }, 180_000);
    afterAll(async () => {
      await endShipper?.();
      await running?.stop();
      await page?.close();
    });

    const restart = async () => {
      await running.stop();
      running = await proxy.start();
    };

    type Port = keyof RefusingProxy["listeners"];

    /** Calls a port of the proxy as somebody. */
    const call = (port: Port, shown: Pick<Shown, "cert" | "key"> | null) => {
      const { host, port: number } = front.listeners[port];
      const file = (name: string, pem: string) => {
        const path = join(front.folder, name);
        writeFileSync(path, pem, { mode: 0o600 });
        return path;
      };
      const identity =
        shown === null
          ? []
          : ["--cert", file("caller.pem", shown.cert), "--key", file("caller.key", shown.key)];
      return curl(
        ...["--cacert", file("servers.pem", scene.servers), "--resolve", `${host}:${number}:127.0.0.1`],
        ...[...identity, `https://${host}:${number}/`],
      );
    };

    /** Comes once, and opens what the list, open beforehand, shows of it. @returns the address of the failure */
    const seen = async (port: Port, shown: Shown | null, served: boolean, code: Cause, who: string) => {
      const cause = causeTitle(code);
      await page.goto(`/failures?proxy=${front.slug}`);
      await expectOf(page.getByRole("heading", { level: 1, name: "Failures" })).toBeVisible();
      const { status, error } = await call(port, shown);
      expect(SERVED.includes(status), error).toBe(served);
      const since = performance.now();
      const row = page
        .getByRole("row")
        .filter({ hasText: cause })
        .filter({ hasText: who })
        .filter({ hasText: `${kind} ${port}` })
        // Whoever only looked whether the proxy answers, at its first port, left a guess behind. Elsewhere a guess will
        // do: what the client says of the proxy's certificate may be lost with its connection.
        .filter({ hasText: port === "strict" ? TOLD : "" });
      await expectOf(row).toHaveCount(1, { timeout: SHOWN_MS });
      const after = Math.round(performance.now() - since);
      process.stdout.write(`${kind}: "${cause}" is on the screen ${after} ms after the handshake\n`);
      await row.getByRole("link", { name: cause }).click();
      await expectOf(page.getByRole("heading", { level: 1 })).toContainText(cause);
      return page.url();
    };
    const refused = (port: Port, shown: Shown | null, code: Cause, who: string) =>
      seen(port, shown, false, code, who);
    const letIn = (port: Port, shown: Shown, code: Cause, who: string) => seen(port, shown, true, code, who);

    /** Goes well, and the failure says so. */
    const mended = async (failure: string, port: Port, shown: Pick<Shown, "cert" | "key"> | null) => {
      const { status, error } = await call(port, shown);
      expect(status, error).toBeOneOf(SERVED);
      await expect
        .poll(
          async () => {
            await page.goto(failure);
            return page.getByText("It resolved itself").count();
          },
          { timeout: 60_000, interval: 500 },
        )
        .toBe(1);
    };

    /** The chain of the certificate whose page is open. */
    const certificateHere = async (pattern: RegExp) => {
      await page.waitForURL(pattern);
      const answer = await page.request.get(`${new URL(page.url()).pathname}/download/fullchain`);
      expect(answer.status()).toBe(200);
      return answer.text();
    };

    test("a client whose certificate expired: renewed at a press, let in again", async () => {
      const { expired } = front.callers;
      // Caddy names a certificate by its end alone.
      const failure = await refused(
        "strict",
        expired,
        "client-certificate-expired",
        kind === "caddy" ? "" : `Ended ${kind}`,
      );
      await page.getByRole("button", { name: "Renew the certificate…" }).click();
      await page.getByRole("button", { name: "Renew with the same key" }).click();
      const cert = await certificateHere(new RegExp(`/certificates/(?!${expired.id})`));
      await mended(failure, "strict", { cert, key: expired.key });
    });

    test("somebody without a certificate, who then shows one", async () => {
      const failure = await refused("strict", null, "client-certificate-missing", "");
      await expectOf(page.getByRole("link", { name: "Issue a certificate" })).toBeVisible();
      await mended(failure, "strict", front.callers.good);
    });

    test("a client of others, whose authority the proxy then trusts", async () => {
      const { foreign } = front.callers;
      const failure = await refused("strict", foreign, "issuer-unknown", kind === "caddy" ? "" : "courier");
      if (kind !== "caddy") {
        await expectOf(page.getByRole("link", { name: "Make a client of it" })).toBeVisible();
      }
      front.put(front.listeners.strict.clients, scene.clients + scene.foreign);
      front.put(front.listeners.strict.crl, (await presentCrls(front.callers.revoked)) + scene.foreignCrl);
      await restart();
      await mended(failure, "strict", foreign);
    });

    if (kind === "caddy") {
      test("a client whose certificate is revoked, and that is let in: Caddy checks no CRL", async () => {
        await letIn("strict", front.callers.revoked, "revocation-not-checked", `Leaked ${kind}`);
      });
    } else {
      test("a client whose certificate is revoked: rotated at a press, let in with the new one", async () => {
        const { revoked } = front.callers;
        const failure = await refused("strict", revoked, "client-certificate-revoked", `Leaked ${kind}`);
        await page.getByRole("link", { name: "Rotate the credential" }).click();
        await expectOf(page.getByRole("heading", { level: 1, name: /^Rotate / })).toBeVisible();
        await page.getByRole("radio", { name: "Issued now, key made on this server" }).check();
        await page.getByRole("radio", { name: "In clear, PEM" }).check();
        await page.getByRole("button", { name: "Issue and rotate" }).click();
        const dialog = page.getByRole("dialog", { name: /^Save the key of/ });
        const saved = async (button: string) => {
          const [download] = await Promise.all([
            page.waitForEvent("download"),
            dialog.getByRole("button", { name: button }).click(),
          ]);
          const path = join(front.folder, "downloaded");
          await download.saveAs(path);
          return readFileSync(path, "utf8");
        };
        const [key, cert] = [await saved("Private key"), await saved("Certificate and chain")];
        await dialog.getByRole("checkbox", { name: "I have saved the key" }).check();
        await dialog.getByRole("button", { name: "Open the client" }).click();
        await mended(failure, "strict", { cert, key });
      });

      test("CRLs that are over: published at a press, and loaded", async () => {
        const failure = await refused("stale", front.callers.good, "crl-expired", `Good ${kind}`);
        await page.getByRole("button", { name: /^Publish \d* ?.*CRLs?$/ }).click();
        await expectOf(page.getByText("Published within seconds")).toBeVisible();
        front.put(front.listeners.stale.crl, await presentCrls(front.callers.revoked));
        await restart();
        await mended(failure, "stale", front.callers.good);
      });
    }

    test("a server whose own certificate expired: renewed at a press, and loaded", async () => {
      const failure = await refused("old", front.callers.good, "server-certificate-expired", "");
      await page.getByRole("button", { name: "Renew the certificate…" }).click();
      await page.getByRole("button", { name: "Renew with the same key" }).click();
      const cert = await certificateHere(new RegExp(`/certificates/(?!${front.oldServer.id})`));
      front.put(front.listeners.old.certificate, cert);
      await restart();
      await mended(failure, "old", front.callers.good);
    });
  });

/** How sure a cause is that a log told. */
const TOLD = /certain|likeliest of|likely/;

/** What a proxy answers that let somebody in. */
const SERVED = [200, 204];

/** CRLs of all authorities of clients, once the certificate is on them. */
async function presentCrls({ cert }: Shown): Promise<string> {
  const serial = Buffer.from(new X509Certificate(cert).serialNumber, "hex");
  return vi.waitFor(
    async () => {
      const { status, body } = await curl(`${instance.protocolHttp}/crl/clients.pem`);
      expect(status).toBe(200);
      const lists = [...body.matchAll(/-----BEGIN X509 CRL-----([^-]*)/g)].map(([, base64 = ""]) =>
        Buffer.from(base64, "base64"),
      );
      expect(lists.some((der) => der.includes(serial))).toBe(true);
      return `${body}\n`;
    },
    { timeout: 60_000, interval: 250 },
  );
}

async function signedIn(): Promise<Page> {
  const page = await browser.newPage({ locale: "en-GB", timezoneId: "UTC", baseURL: instance.url });
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill("ada@example.test");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return page;
}

/** Sends the logs as the console says. @returns ends it */
function ship(front: RefusingProxy, logs: readonly string[]): () => Promise<void> {
  const file = (name: string, content: string) => {
    const path = join(front.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const plane = new URL(instance.protocolHttps);
  const child = spawn(
    "sh",
    [
      ...[SHIP_SCRIPT, "--plane", `127.0.0.1:${plane.port}`, "--name", "localhost", "--proxy", front.slug],
      ...["--ca", file("planes.pem", scene.servers), "--token", file("token", front.token)],
      ...["--state", join(front.folder, "shipped"), "--follow", ...logs],
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  return async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  };
}
