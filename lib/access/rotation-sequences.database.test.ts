import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { changeCredentialEnd, rotateCredential } from "#lib/access/credential-rotate.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import { OVERLAPS, type Overlap, overlapSeconds } from "#lib/access/overlap.ts";
import { createService } from "#lib/access/service-change.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";

/** The guarantee: whatever is rotated, cut short and extended, exactly what counts at a time is let in at that time. */

const admin = testActor("admin");
const DAY = 86_400;
let now = truncateToSecond(new Date());
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let access: AccessSnapshot;
let serviceId: string;
let number = 0;

beforeAll(async () => {
  installation = await testInstallation(clock);
  access = new AccessSnapshot(installation, 1_000 * 365 * DAY * 1000);
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
});
afterAll(() => installation.close());

/** A credential as its times say. */
interface Model {
  id: string;
  sha256: string;
  startsAt: Date;
  endsAt: Date | null;
  replacesId: string | null;
}

const goesOn = ({ endsAt }: Model, at = now) => endsAt === null || endsAt > at;
const isTaken = (models: readonly Model[], sha256: string, startsAt: Date, endsAt: Date | null, id = "") =>
  models.some(
    (other) =>
      other.id !== id &&
      other.sha256 === sha256 &&
      goesOn(other, startsAt) &&
      (endsAt === null || other.startsAt < endsAt),
  );

/** Few enough that a certificate comes back. */
const CERTIFICATES = 5;
const certificateOf = (round: number, place: number) => `${round}${place}`.padStart(64, "0");

const seconds = fc.oneof(fc.constantFrom(0, 1, 900, 3_600, DAY), fc.nat(40 * DAY));
interface Step {
  action: "rotate" | "end" | "pass";
  place: number;
  certificate: number;
  overlap: Overlap;
  /** Seconds; null for no end. */
  later: number | null;
  startsLater: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom("rotate", "rotate", "end", "pass"),
  place: fc.nat(20),
  certificate: fc.nat(CERTIFICATES - 1),
  overlap: fc.constantFrom(...OVERLAPS.map(({ name }) => name)),
  later: fc.option(seconds, { freq: 5 }),
  startsLater: fc.boolean(),
});

async function rotate(models: Model[], old: Model, sha256: string, given: Step): Promise<void> {
  const startsAt = given.startsLater ? addSeconds(now, given.later ?? 0) : now;
  const isReplaced = models.some((other) => other.replacesId === old.id && goesOn(other));
  const wanted = !goesOn(old) || isReplaced || isTaken(models, sha256, startsAt, null) ? "conflict" : "done";
  let id = "";
  const outcome = await told(async () => {
    id = await rotateCredential(installation, admin, old.id, {
      ...{ proof: { kind: "certificate", sha256, startsAt }, overlap: given.overlap, revokesOld: false },
    });
  });
  expect(["rotate", outcome]).toEqual(["rotate", wanted]);
  if (wanted !== "done") return;
  models.push({ id, sha256, startsAt, endsAt: null, replacesId: old.id });
  const over = addSeconds(startsAt, overlapSeconds(given.overlap));
  if (old.endsAt === null || old.endsAt > over) old.endsAt = over;
}

async function end(models: readonly Model[], model: Model, later: number | null): Promise<void> {
  const endsAt = later === null ? null : addSeconds(now, later);
  const isOthers = isTaken(models, model.sha256, model.startsAt, endsAt, model.id);
  const wanted = !goesOn(model) || isOthers ? "conflict" : "done";
  const outcome = await told(() => changeCredentialEnd(installation, admin, model.id, endsAt));
  expect(["end", outcome]).toEqual(["end", wanted]);
  if (wanted === "done") model.endsAt = endsAt;
}

async function told(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** When credentials end, as it is stored. */
async function endsOf(models: readonly Model[]): Promise<Map<string, Date | null>> {
  const rows = await installation.database.read.credential.findMany({
    where: { id: { in: models.map(({ id }) => id) } },
    select: { id: true, endsAt: true },
    orderBy: { id: "asc" },
  });
  return new Map(rows.map(({ id, endsAt }) => [id, endsAt]));
}

/** Whether whoever presents a certificate is let in. */
function isLetIn(sha256: string): boolean {
  const certificate: PresentedCertificate = {
    ...{ sha256, keySha256: "f".repeat(64), names: [], issuer: null, notBefore: 0 },
    ...{ notAfter: Number.MAX_SAFE_INTEGER, isForClients: true, strength: 128, revocation: "good" },
  };
  const request = { service: "payments", method: "GET", path: "/", certificate };
  return decide(access.current ?? expect.fail("no snapshot"), request, now.getTime()).permitted;
}

test(`what counts is let in over random rotations, ends and days (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 25 }), async (steps) => {
      const round = ++number;
      const models: Model[] = [];
      for (const place of [0, 1]) {
        const sha256 = certificateOf(round, place);
        const { credentialId } = await createWholeClient(installation, admin, {
          ...{ client: { name: `Client ${round} ${place}` }, grants: [{ serviceId }] },
          credential: { kind: "certificate", sha256 },
        });
        models.push({ id: credentialId ?? "", sha256, startsAt: now, endsAt: null, replacesId: null });
      }
      for (const given of steps) {
        const model = models[given.place % models.length] ?? expect.fail("there is always one");
        if (given.action === "pass") now = addSeconds(now, given.later ?? 1);
        if (given.action === "rotate")
          await rotate(models, model, certificateOf(round, given.certificate), given);
        if (given.action === "end") await end(models, model, given.later);
        expect(await endsOf(models)).toEqual(new Map(models.map(({ id, endsAt }) => [id, endsAt])));
        await access.follow();
        for (let place = 0; place < CERTIFICATES; place++) {
          const sha256 = certificateOf(round, place);
          const counting = models.filter(
            (each) => each.sha256 === sha256 && each.startsAt <= now && goesOn(each),
          );
          expect(counting.length).toBeLessThanOrEqual(1);
          expect([place, isLetIn(sha256)]).toEqual([place, counting.length === 1]);
        }
      }
    }),
    { seed: SEED, numRuns: Math.ceil(FUZZ_RUNS / 50) },
  );
});
