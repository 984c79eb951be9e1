import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { waitingHolds } from "#lib/authority/waiting-holds.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";

let installation: TestInstallation;
let issuer: Issuer;
let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
const admin = testActor("admin");
const DAY = 86_400;

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

test("a hold that nobody decided for a week is told, the longest waiting first, until somebody decides", async () => {
  const names = ["first", "second", "third", "fourth"];
  const ids: string[] = [];
  for (const name of names) {
    const id = await issueNamed(issuer, admin, `${name}.held.example.test`);
    await holdCertificate(installation, admin, id, { comment: "odd log lines" });
    ids.push(id);
    offsetSeconds += DAY;
  }
  expect(await waitingHolds(installation, admin)).toEqual({ holds: [], count: 0, more: false });

  offsetSeconds += 4.5 * DAY;
  const { holds, count } = await waitingHolds(installation, admin);
  expect(holds.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(count).toBe(2);
  expect(holds[0]).toMatchObject({ displayName: "first.held.example.test", requestedBy: admin.name });

  offsetSeconds += 4.5 * DAY;
  const [first = "", second = "", third = ""] = ids;
  await releaseCertificate(installation, admin, first, {});
  await revokeCertificate(installation, admin, second, { reason: "keyCompromise" });
  expect((await waitingHolds(installation, admin)).holds.map(({ id }) => id)).toEqual(ids.slice(2));

  await installation.database.write((transaction) =>
    transaction.certificate.update({ where: { id: third }, data: { notAfter: clock.now() } }),
  );
  expect((await waitingHolds(installation, admin)).count).toBe(1);
});

test("a thousand of them in as many cohorts are counted, and no more", async () => {
  const { database } = installation;
  const template = await database.read.certificate.findFirstOrThrow({ where: { kind: "end-entity" } });
  const cohort = await database.read.certificateCohort.findUniqueOrThrow({
    where: { id: template.cohortId ?? 0 },
  });
  const heldAt = addSeconds(clock.now(), -10 * DAY);
  const notAfter = addSeconds(clock.now(), 10 * DAY);
  const numbers = Array.from({ length: 1_200 }, (_, n) => n);
  await database.write(async (transaction) => {
    await transaction.certificateCohort.createMany({
      data: numbers.map((n) => ({ ...cohort, id: 10_000 + n, hash: `h${n}`, state: "held", count: 1 })),
    });
    await transaction.certificate.createMany({
      data: numbers.map((n) => ({
        ...template,
        ...{ id: `h${n}`, serial: `h${n}`, sha256: `h${n}`, sha1: `h${n}` },
        ...{ cohortId: 10_000 + n, notAfter },
      })),
    });
    await transaction.revocation.createMany({
      data: numbers.map((n) => ({
        ...{ certificateId: `h${n}`, issuerId: template.issuerId, serial: `h${n}`, notAfter },
        ...{ reason: "certificateHold", revokedAt: heldAt, comment: "", requestedBy: "x", change: 1 },
      })),
    });
  });
  const { holds, count, more } = await waitingHolds(installation, admin);
  expect([holds.length, count, more]).toEqual([5, 1_000, true]);
});

test("who may not see certificates is not told of holds", async () => {
  await expect(
    waitingHolds(installation, { kind: "token", id: "t", name: "t", scopes: [] }),
  ).rejects.toMatchObject({ code: "forbidden" });
});
