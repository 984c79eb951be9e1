import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { CRASHES, SEED } from "#e2e/fixtures/sizes.ts";
import { settleInterruptedIssuances } from "#lib/access/client-issuance-settle.ts";
import { endedCredentialKeeper } from "#lib/access/credential-end.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { closeAbandonedReservations } from "#lib/authority/recovery.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { pause, seededRandom } from "./burst.ts";

/** About as long as a few issuances take. */
const MOMENT_MS = 100;

/** After this everything that a dead process left is settled, whatever it was. */
const SETTLED_SECONDS = 700;

const admin = testActor("admin");
let installation: TestInstallation;
let ahead = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), ahead) };

beforeEach(async () => {
  installation = await testInstallation(clock);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterEach(() => installation.close());

/** Lets a process create and rotate clients, and kills it a moment after it has begun to. */
async function killAtWork(after: number): Promise<void> {
  const worker = spawn(process.execPath, ["e2e/crash/client-worker.ts"], {
    env: { ...process.env, ...installation.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(worker, "exit");
  await Promise.race([once(worker.stdout, "data"), ended]);
  await pause(after);
  worker.kill("SIGKILL");
  const [, signal] = await ended;
  expect(signal).toBe("SIGKILL");
}

test(`whoever is killed ${CRASHES} times while issuing for clients leaves no certificate whose client nobody knows`, {
  timeout: 60_000 + CRASHES * 30_000,
}, async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const random = seededRandom(SEED);
  for (let crash = 0; crash < CRASHES; crash++) await killAtWork(random() * MOMENT_MS);
  const { read } = installation.database;
  const open = await read.jobRun.count({ where: { finishedAt: null } });
  process.stdout.write(`${open} issuances were under way when their process was killed\n`);

  ahead = SETTLED_SECONDS;
  while ((await closeAbandonedReservations(installation)) > 0);
  await settleInterruptedIssuances(installation);
  await endedCredentialKeeper(installation)();
  expect(await read.jobRun.count({ where: { finishedAt: null } })).toBe(0);

  const profile = await read.certificateProfile.findUniqueOrThrow({ where: { slug: "client" } });
  const issued = await read.certificate.findMany({
    where: { profileId: profile.id, status: "issued" },
    select: { id: true, sha256: true },
  });
  const credentials = await read.credential.findMany();
  expect(new Set(credentials.map(({ id, sha256 }) => `${id} ${sha256}`))).toEqual(
    new Set(issued.map(({ id, sha256 }) => `${id} ${sha256}`)),
  );
  // A rotation takes place whole or not at all: whatever is replaced by one that counts has an end.
  const byId = new Map(credentials.map((credential) => [credential.id, credential]));
  for (const { replacesId, startsAt, endsAt } of credentials) {
    if (replacesId === null || endsAt?.getTime() === startsAt.getTime()) continue;
    expect(byId.get(replacesId)?.endsAt).not.toBeNull();
  }
  expect(await read.credential.count({ where: { revokesAtEnd: true, endsAt: { lte: clock.now() } } })).toBe(
    0,
  );
});
