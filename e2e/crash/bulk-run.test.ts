import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { cancelRun } from "#lib/authority/bulk-change.ts";
import { LEASE_SECONDS } from "#lib/authority/bulk-claim.ts";
import { startIssuance } from "#lib/authority/bulk-file-start.ts";
import { issuedFiles } from "#lib/authority/bulk-files.ts";
import { openItemKey } from "#lib/authority/bulk-keys.ts";
import { getRun } from "#lib/authority/bulk-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { publicKeyOf } from "#lib/x509/key.ts";
import { pause, seededRandom } from "./burst.ts";

/** Enough that no run is over before it has been killed often enough. */
const ROWS = 150 * CRASHES;

/** About as long as a piece takes. */
const PIECE_MS = 150;

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

async function startRows(count: number): Promise<{ id: string; names: string[] }> {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const names = Array.from({ length: count }, (_, place) => `row-${place}.crash.example.test`);
  const id = await startIssuance(installation, admin, {
    text: names.join("\n"),
    profile: "server",
    keyAlgorithm: "ecdsa-p256",
    leaveOutWarned: false,
  });
  return { id, names };
}

/**
 * Lets a process work on a run and kills it.
 *
 * @param after milliseconds
 * @returns how many rows are in work, of this process or of one before
 */
async function killAtWork(id: string, after: number): Promise<number> {
  worker = spawn(process.execPath, ["e2e/crash/bulk-worker.ts", id], {
    env: { ...process.env, ...installation.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(worker, "exit");
  // Past its first piece, in which it opens the database and makes ready; it may find nothing more to do.
  let begun = 0;
  const isAtWork = new Promise<void>((resolve) => {
    worker?.stdout?.on("data", (text: Buffer) => {
      begun += text.toString().split("piece").length - 1;
      if (begun >= 2) resolve();
    });
  });
  await Promise.race([isAtWork, ended]);
  await pause(after);
  worker.kill("SIGKILL");
  await ended;
  return (await getRun(installation, admin, id)).counts.working;
}

/** The protocol plane does so in the course of its rounds, some hundreds at a time. */
async function closeAllReservations(): Promise<void> {
  while ((await closeAbandonedReservations(installation)) > 0);
}

/** The certificates of these names that were issued. */
const issuedOf = (names: string[]) =>
  installation.database.read.certificate.findMany({
    where: { status: "issued", displayName: { in: names } },
    select: { id: true, displayName: true, body: true },
  });

test(`a bulk run that is killed ${CRASHES} times at random moments issues every row once, with its key`, {
  timeout: 60_000 + CRASHES * 30_000,
}, async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const random = seededRandom(SEED);
  const { id, names } = await startRows(ROWS);
  let cutOff = 0;
  for (let crash = 0; crash < CRASHES; crash++) cutOff += await killAtWork(id, random() * PIECE_MS);
  process.stdout.write(`${cutOff} rows were in work when their process was killed\n`);

  ahead = LEASE_SECONDS + 1;
  await closeAllReservations();
  const issuer = inlineIssuer(installation);
  await advanceRun({ installation, issuer, actor: admin }, id, 60_000);
  await issuer.close();
  expect(await getRun(installation, admin, id)).toMatchObject({ status: "finished", done: ROWS, failed: 0 });

  const issued = await issuedOf(names);
  expect(issued.map((certificate) => certificate.displayName).sort()).toEqual([...names].sort());
  const items = await installation.database.read.bulkItem.findMany({ where: { runId: id } });
  const bodies = new Map(issued.map((certificate) => [certificate.id, certificate.body]));
  for (const item of items) {
    const certificate = parseCertificate(bodies.get(item.certificateId ?? "") ?? new Uint8Array());
    const key = openItemKey(installation.masterKey, item.id, item.sealed ?? new Uint8Array());
    expect(Buffer.from(publicKeyOf(key)).equals(certificate.spki)).toBe(true);
  }
});

test("of a bulk run that is killed and then cancelled, every certificate is in the archive with its key", {
  timeout: 90_000 + CRASHES * 30_000,
}, async () => {
  const random = seededRandom(SEED + 1);
  const { id, names } = await startRows(ROWS);
  for (let crash = 0; crash < CRASHES; crash++) await killAtWork(id, random() * PIECE_MS);
  await cancelRun(installation, admin, id);

  ahead = LEASE_SECONDS + 1;
  await closeAllReservations();
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await issuedFiles(installation, admin, id, true)).body) chunks.push(chunk);
  const files = unzipSync(Buffer.concat(chunks));
  const issued = await issuedOf(names);
  const archived = Object.keys(files).filter((path) => path.endsWith(".crt"));
  expect(archived.map((path) => path.replace(/^.*\/|\.crt$/g, "")).sort()).toEqual(
    issued.map((certificate) => certificate.displayName).sort(),
  );
  for (const path of archived) {
    const certificate = new X509Certificate(files[path] ?? "");
    const key = createPrivateKey(Buffer.from(files[path.replace(/crt$/, "key")] ?? ""));
    expect(certificate.checkPrivateKey(key)).toBe(true);
  }
  const { counts, done } = await getRun(installation, admin, id);
  expect(counts).toMatchObject({ working: 0, done: issued.length });
  expect(done).toBe(counts.done + counts.skipped);
});
