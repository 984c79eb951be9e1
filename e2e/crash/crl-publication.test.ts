import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { fillRevocations } from "#e2e/fixtures/many-revocations.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { type ChainedEvent, findFault } from "#lib/audit/chain.ts";
import { getAuthority, trustBundle } from "#lib/authority/authority-read.ts";
import { type CurrentCrl, currentCrl } from "#lib/authority/crl-current.ts";
import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { systemClock } from "#lib/clock.ts";
import { AUDIT_GENESIS } from "#lib/installation.ts";
import { pause, seededRandom } from "./burst.ts";
import { fastClock } from "./fast-clock.ts";

/** Enough for a list of three parts, so that a process can die between them. */
const ENTRIES = 30_000;
const SLUG = "example-server-ca";
/** About as long as a round of publication takes. */
const ROUND_MS = 400;

const admin = testActor("admin");
const since = Date.now();
const clock = fastClock(since);
let installation: TestInstallation;
let publisher: ChildProcess | undefined;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-crash-"));
  installation = await testInstallation(clock);
});
afterEach(async () => {
  publisher?.kill("SIGKILL");
  await installation.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a process that publishes, and waits until it has published the large list. */
async function startPublisher(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["e2e/crash/crl-publisher.ts", String(since)], {
    env: { ...process.env, ...installation.environment, COUNTERSIGN_CRL_SECONDS: "60" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  publisher = child;
  child.stdout.setEncoding("utf8");
  for (let text = ""; !text.includes(SLUG); ) text += (await once(child.stdout, "data"))[0];
  child.stdout.resume();
  return child;
}

function opensslVerifies(crl: CurrentCrl): boolean {
  writeFileSync(join(folder, "list.crl"), crl.der);
  const output = execFileSync(
    "sh",
    ["-c", "openssl crl -inform DER -in list.crl -verify -CAfile chain.pem -noout 2>&1"],
    { cwd: folder, encoding: "utf8" },
  );
  return output.includes("verify OK");
}

test(`kill -9 at ${CRASHES} random moments of publication: the served CRL is always whole and signed, and its number never goes down`, {
  timeout: 60_000 + CRASHES * 30_000,
}, async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const random = seededRandom(SEED);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const { id } = await getAuthority(installation, admin, SLUG);
  await fillRevocations(installation.config.database, id, ENTRIES, systemClock.now());
  writeFileSync(join(folder, "chain.pem"), await trustBundle(installation, SLUG));

  let number = 0n;
  const seen = new Set<bigint>();
  const look = async () => {
    const crl = await currentCrl(installation, SLUG);
    if (crl === null) return;
    expect(crl.number).toBeGreaterThanOrEqual(number);
    if (crl.number > number) expect(opensslVerifies(crl)).toBe(true);
    number = crl.number;
    seen.add(number);
  };
  for (let crash = 0; crash < CRASHES; crash++) {
    const child = await startPublisher();
    const until = performance.now() + random() * 4 * ROUND_MS;
    while (performance.now() < until) {
      await look();
      await pause(20);
    }
    child.kill("SIGKILL");
    await once(child, "exit");
    await look();
  }
  process.stdout.write(`${seen.size} lists seen\n`);
  expect(seen.size).toBeGreaterThan(1);

  // Whoever comes next publishes, and removes what the dead left behind.
  await publishDueCrls(installation);
  await pause(300);
  await publishDueCrls(installation);
  const { read } = installation.database;
  const publication = await read.crlPublication.findUniqueOrThrow({ where: { authorityId: id } });
  expect(publication.number).toBeGreaterThan(number);
  const left = await read.crl.findMany({ where: { authorityId: id }, select: { id: true } });
  expect(left).toEqual([{ id: publication.crlId }]);
  expect(await read.crlPart.count({ where: { crl: { authorityId: id } } })).toBe(3);
  const events = await read.auditEvent.findMany({ orderBy: { sequence: "asc" } });
  expect(findFault(events as ChainedEvent[], { auditSequence: 0, auditHead: AUDIT_GENESIS })).toBeNull();
  // Every list that anybody saw has its event.
  const told = events
    .filter(({ action, objectId }) => action === "crl.published" && objectId === id)
    .map(({ details }) => BigInt(JSON.parse(details).number));
  expect(new Set(told).size).toBe(told.length);
  for (const each of seen) expect(told).toContain(each);
});
