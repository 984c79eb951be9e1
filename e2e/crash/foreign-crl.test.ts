import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { applyCrlSource } from "#lib/authority/crl-source-apply.ts";
import { createCrlSource } from "#lib/authority/crl-source-change.ts";
import { takeCrl } from "#lib/authority/crl-source-take.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";
import { pause, seededRandom } from "./burst.ts";

/** Six transactions. */
const LEAVES = 240;

const admin = testActor("admin");
let installation: TestInstallation;
let worker: ChildProcess | undefined;
let ahead = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), ahead) };

beforeEach(async () => {
  installation = await testInstallation(clock);
});
afterEach(async () => {
  worker?.kill("SIGKILL");
  await installation.close();
});

const revoked = () => installation.database.read.revocation.count();

/** Lets a process apply the list, and kills it a moment after it has done something. */
async function killAtWork(sourceId: string, after: number): Promise<void> {
  const before = await revoked();
  worker = spawn(process.execPath, ["e2e/crash/foreign-crl-worker.ts", sourceId], {
    env: { ...process.env, ...installation.environment },
    stdio: "inherit",
  });
  const gone = once(worker, "exit");
  while ((await revoked()) === before && worker.exitCode === null) await pause(2);
  await pause(after);
  worker.kill("SIGKILL");
  await gone;
}

test("a foreign CRL that is applied by processes that die is applied whole, and each certificate once", async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const random = seededRandom(SEED);
  const root = await testAuthority();
  const first = await testLeaf(root);
  const leaves = [first];
  for (let count = 1; count < LEAVES; count++) leaves.push(await testLeaf(root, { keyOf: first }));
  const ids: string[] = [];
  for (let start = 0; start < LEAVES; start += 80) {
    const part = leaves.slice(start, start + 80).map(({ der }) => der);
    ids.push(...(await recordForeignCertificates(installation, part)));
  }
  const [rootId = ""] = await recordForeignCertificates(installation, [root.der]);
  const sourceId = await createCrlSource(installation, admin, { certificateId: rootId });
  const entries = leaves.map(({ der }) => ({ serial: readForeignCertificate(der).serialNumber }));
  await takeCrl(
    installation,
    admin,
    sourceId,
    readCrl(testCrl(root, { entries })),
    "crl.uploaded",
    async () => true,
  );
  const seen: number[] = [];
  for (let crash = 0; crash < CRASHES; crash++) {
    await killAtWork(sourceId, random() * 20);
    seen.push(await revoked());
    // Nobody waits for the claim of a process that is gone.
    const run = { key: { startsWith: "apply-crl@" }, finishedAt: null };
    await installation.database.write((transaction) =>
      transaction.jobRun.updateMany({ where: run, data: { claimedUntil: new Date(0) } }),
    );
  }
  expect(seen).toEqual(seen.toSorted((left, right) => left - right));
  ahead = 3_600;
  await applyCrlSource(installation, sourceId);
  expect(await applyCrlSource(installation, sourceId)).toBeNull();
  const { read } = installation.database;
  expect(await read.revocation.count({ where: { sourceId } })).toBe(LEAVES);
  const events = await read.auditEvent.findMany({ where: { action: "certificate.found-revoked" } });
  expect(events.map(({ objectId }) => objectId).toSorted()).toEqual(ids.toSorted());
  const cohorts = await read.certificateCohort.findMany({ where: { state: "revoked" } });
  expect(cohorts.reduce((sum, { count }) => sum + count, 0)).toBe(LEAVES);
}, 120_000);
