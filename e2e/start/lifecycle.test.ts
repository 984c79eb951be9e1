import { execFileSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { type Instance, startInstance } from "../fixtures/instance.ts";

/** How an instance comes, stays and goes. */

async function start(settings?: Record<string, string>): Promise<Instance> {
  const instance = await startInstance(settings);
  onTestFinished(async () => {
    await instance.stop();
  });
  return instance;
}

test("a second start answers on both planes within 5 s", async () => {
  const first = await start();
  expect(first.setupLink).toContain(`${first.url}/setup#`);
  signalGroup(first, "SIGTERM");
  await goneWithin(first, 5_000);

  const began = Date.now();
  const second = await start(first.settings);
  expect((await fetch(second.url)).status).toBeLessThan(500);
  expect((await fetch(`${second.protocolHttp}/healthz`)).status).toBe(200);
  expect(Date.now() - began).toBeLessThan(5_000);
  // The link stays the same until set-up is done: the first one may be in somebody's mail.
  expect(second.setupLink).toBe(first.setupLink);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "when all its processes get %s at once, all end quietly",
  async (signal) => {
    const instance = await start();
    const members = groupOf(instance);
    expect(members.length).toBe(3);
    signalGroup(instance, signal);
    expect(await instance.stop()).toBe(0);
    expect(groupOf(instance)).toEqual([]);
    expect(instance.output()).not.toMatch(/^\s+at /m);
    expect(instance.output()).not.toContain("ended unexpectedly");
    await expect(fetch(`${instance.protocolHttp}/healthz`)).rejects.toThrow();
    await expect(fetch(instance.url)).rejects.toThrow();
  },
);

test("the planes end when their supervisor is killed", async () => {
  const instance = await start();
  process.kill(instance.pid, "SIGKILL");
  await goneWithin(instance, 5_000);
});

test("a plane that crashes is started again, and the log says so", async () => {
  const running = await start({ COUNTERSIGN_PLANES: "protocol" });
  const [plane] = groupOf(running).filter((pid) => pid !== running.pid);
  process.kill(plane ?? 0, "SIGKILL");
  await expect.poll(() => running.output(), { timeout: 5_000 }).toContain("a plane ended unexpectedly");
  await expect
    .poll(
      () =>
        fetch(`${running.protocolHttp}/healthz`).then(
          (answer) => answer.status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(200);
});

test("a request that is under way is answered before the end", async () => {
  const running = await start({ COUNTERSIGN_PLANES: "protocol" });
  const answers = Promise.all(
    Array.from({ length: 20 }, () => fetch(`${running.protocolHttp}/readyz`).then((answer) => answer.status)),
  );
  // Once one is answered the others have been taken.
  await fetch(`${running.protocolHttp}/healthz`);
  process.kill(running.pid, "SIGTERM");
  expect(new Set(await answers)).toEqual(new Set([200]));
});

test("a server action is taken from our own origin and the public URL's only", async () => {
  const instance = await start({
    COUNTERSIGN_PLANES: "console",
    COUNTERSIGN_PUBLIC_URL: "https://console.example",
  });
  // No action has this number: past the check of the origin Next answers 409.
  const statusFrom = async (origin: string) => {
    const headers = { origin, "next-action": "00".repeat(21), "content-type": "text/plain" };
    return (await fetch(`${instance.url}/sign-in`, { method: "POST", headers, body: "[]" })).status;
  };
  expect(await statusFrom("https://console.example")).toBe(409);
  expect(await statusFrom(instance.url)).toBe(409);
  expect(await statusFrom("https://evil.example")).toBe(500);
});

function signalGroup(of: Instance, signal: NodeJS.Signals): void {
  process.kill(-of.pid, signal);
}

/** Process ids of what runs in an instance's process group. */
function groupOf(of: Instance): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,pgid=,stat="], { encoding: "utf8" }).trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, group, state]) => Number(group) === of.pid && !state?.startsWith("Z"))
    .map(([pid]) => Number(pid));
}

async function goneWithin(of: Instance, timeout: number): Promise<void> {
  await expect.poll(() => groupOf(of), { timeout }).toEqual([]);
}
