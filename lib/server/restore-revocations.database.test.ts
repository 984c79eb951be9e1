import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runScript } from "#e2e/fixtures/command.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { revocationOf } from "#lib/authority/revocation-list.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { openDatabase } from "#lib/database.ts";
import { newId } from "#lib/id.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";

const admin = testActor("admin");
/** Numbers that no driver holds as a double. */
const PUBLISHED = 2n ** 60n + 1n;
const AHEAD = PUBLISHED + 1n;
let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
let installation: TestInstallation;

beforeEach(async () => {
  installation = await testInstallation(clock);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterEach(() => installation.close());

/** A CRL as one that the certificate's issuer has published. */
async function publishSomething(certificateId: string): Promise<void> {
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const { issuerId } = await transaction.certificate.findUniqueOrThrow({ where: { id: certificateId } });
    const { id: crlId } = await transaction.crl.create({
      data: {
        ...{ id: newId(), authorityId: issuerId, number: PUBLISHED, entries: 0, size: 0, sha256: "" },
        ...{ thisUpdate: now, nextUpdate: addSeconds(now, 3_600), createdAt: now },
      },
    });
    await transaction.crlPublication.update({
      where: { authorityId: issuerId ?? "" },
      data: { crlId, number: PUBLISHED },
    });
  });
}

test("what was revoked or held after a backup stays so when it is restored, and what cannot be kept is told", {
  timeout: 120_000,
}, async () => {
  const issuer = inlineIssuer(installation);
  const issue = (name: string) => issueNamed(issuer, admin, `${name}.example.test`);
  const revoked = await issue("revoked");
  const held = await issue("held");
  const decided = await issue("decided");
  const released = await issue("released");
  const before = await issue("before");
  const good = await issue("good");
  await holdCertificate(installation, admin, decided, { comment: "look first" });
  await holdCertificate(installation, admin, released, {});
  await revokeCertificate(installation, admin, before, { reason: "superseded" });
  await publishSomething(good);
  const file = join(installation.config.dataFolder, "copy.gz");
  expect(await runScript("backup", ["--to", file], installation.environment)).toMatchObject({ code: 0 });

  offsetSeconds = 3;
  // Another list of the same issuer is published after the backup.
  const { issuerId: publisher } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id: good },
  });
  await installation.database.write((transaction) =>
    transaction.crlPublication.update({ where: { authorityId: publisher ?? "" }, data: { number: AHEAD } }),
  );
  const invalidAt = addSeconds(clock.now(), -60);
  await revokeCertificate(installation, admin, revoked, {
    reason: "keyCompromise",
    comment: "in a public repository",
    invalidAt,
  });
  await holdCertificate(installation, admin, held, {});
  await revokeCertificate(installation, admin, decided, { reason: "privilegeWithdrawn" });
  await releaseCertificate(installation, admin, released, {});
  const since = await issue("since");
  await revokeCertificate(installation, admin, since, { reason: "cessationOfOperation" });
  const decidedBefore = await revocationOf(installation, admin, decided);
  const revokedBefore = await revocationOf(installation, admin, revoked);
  await issuer.close();
  await installation.database.close();

  const { code, output } = await runScript("restore", ["--from", file, "--yes"], installation.environment);
  expect(code, output).toBe(0);
  expect(output).toContain("3 certificates that were revoked or held after the backup stay so");
  expect(output).toMatch(
    /revoke them again: since\.example\.test \(serial number \S+, cessationOfOperation\)\./,
  );
  expect(output).toMatch(/release them: released\.example\.test \(serial number \S+\)\./);

  const here = { ...installation, database: openDatabase(installation.config.database) };
  try {
    expect(await revocationOf(here, admin, revoked)).toEqual({ ...revokedBefore, publishedAt: null });
    expect(revokedBefore?.invalidAt).toEqual(invalidAt);
    expect(await revocationOf(here, admin, decided)).toEqual({ ...decidedBefore, publishedAt: null });
    expect(await revocationOf(here, admin, held)).toMatchObject({ reason: "certificateHold" });
    expect(await revocationOf(here, admin, released)).toMatchObject({ reason: "certificateHold" });
    expect(await revocationOf(here, admin, before)).toMatchObject({ reason: "superseded" });
    expect(await revocationOf(here, admin, good)).toBeNull();
    const counted = (status: "revoked" | "held") =>
      countCertificates(here, admin, { ...EVERY_CERTIFICATE, status: [status] });
    expect(await counted("revoked")).toEqual({ count: 3, exact: true });
    expect(await counted("held")).toEqual({ count: 2, exact: true });
    // The lists that are published next have them.
    const { issuerId } = await here.database.read.certificate.findUniqueOrThrow({ where: { id: revoked } });
    const publication = await here.database.read.crlPublication.findUniqueOrThrow({
      where: { authorityId: issuerId ?? "" },
    });
    expect(publication).toMatchObject({ changes: 6, pendingSince: expect.any(Date) });
    expect(await here.database.read.crl.findMany({ select: { number: true } })).toEqual([
      { number: PUBLISHED },
    ]);
    // Newer ones than that of the backup have been published; their number is known, so that the next is larger.
    expect(publication).toMatchObject({ crlId: null, number: AHEAD });
    const events = await here.database.read.auditEvent.findMany({ orderBy: { sequence: "desc" }, take: 4 });
    expect(events.map(({ action, objectId }) => `${action} ${objectId}`).sort()).toEqual(
      [
        "installation.restored installation",
        `certificate.revoked ${revoked}`,
        `certificate.revoked ${decided}`,
        `certificate.held ${held}`,
      ].sort(),
    );
    const check = verifyChain(here, admin);
    let step = await check.next();
    while (!step.done) step = await check.next();
    expect(step.value).toMatchObject({ whole: true, fault: null });
  } finally {
    await here.database.close();
  }
});
