import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed } from "#e2e/fixtures/issued-certificate.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewWithKeyMadeHere } from "#lib/authority/renew.ts";
import { revocationConsequences } from "#lib/authority/revocation-consequences.ts";
import { listRevocations, revocationOf } from "#lib/authority/revocation-list.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { issuedFigures } from "#lib/inventory/certificate-figures.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";

let installation: TestInstallation;
let issuer: Issuer;
let offsetSeconds = 0;
const clock: Clock = { now: () => addSeconds(systemClock.now(), offsetSeconds) };
const admin = testActor("admin");
let number = 0;

beforeAll(async () => {
  installation = await testInstallation(clock);
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const issue = () => issueNamed(issuer, admin, `listed-${number++}.example.test`);
const renew = async (id: string) =>
  (
    await renewWithKeyMadeHere(installation, issuer, admin, id, {
      keyAlgorithm: "ecdsa-p256",
      subject: [],
      names: [],
    })
  ).issued.id;
const authorityOf = async (id: string) =>
  (await installation.database.read.certificate.findUniqueOrThrow({ where: { id } })).issuerId as string;

test("revocations are listed the newest first, page by page without a gap, with the time to publish", async () => {
  const ids: string[] = [];
  for (let count = 0; count < 7; count++) {
    const id = await issue();
    ids.unshift(id);
    await revokeCertificate(installation, admin, id, {
      reason: count % 2 === 0 ? "keyCompromise" : "superseded",
    });
    if (count % 3 === 0) offsetSeconds += 1; // several in one second, too
  }
  const released = await issue();
  await holdCertificate(installation, admin, released, {});
  await releaseCertificate(installation, admin, released, {});

  const walked: string[] = [];
  let after: string | undefined;
  do {
    const page = await listRevocations(installation, admin, { limit: 3, after });
    walked.push(...page.revocations.map(({ certificate }) => certificate.id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect([...walked].sort()).toEqual([...ids].sort());
  const { revocations } = await listRevocations(installation, admin);
  expect(revocations.map(({ certificate }) => certificate.id)).toEqual(walked);
  expect(revocations.map(({ revokedAt }) => revokedAt.getTime())).toEqual(
    revocations.map(({ revokedAt }) => revokedAt.getTime()).sort((a, b) => b - a),
  );

  const [newest] = revocations;
  expect(newest).toMatchObject({ publishedAt: null, secondsToPublish: null, source: null });
  await installation.database.write((transaction) =>
    transaction.revocation.update({
      where: { certificateId: newest?.certificate.id ?? "" },
      data: { publishedAt: addSeconds(newest?.revokedAt ?? clock.now(), 3) },
    }),
  );
  const [published] = (await listRevocations(installation, admin, { limit: 1 })).revocations;
  expect(published?.secondsToPublish).toBe(3);
});

test("the list is narrowed by authority and reason, and a cursor that is none is refused", async () => {
  const id = await issue();
  const { slug } = await installation.database.read.authority.findUniqueOrThrow({
    where: { id: await authorityOf(id) },
  });
  await revokeCertificate(installation, admin, id, { reason: "privilegeWithdrawn" });
  const found = await listRevocations(installation, admin, { authority: slug, reason: "privilegeWithdrawn" });
  expect(found.revocations.map(({ certificate }) => certificate.id)).toEqual([id]);
  expect(found.revocations[0]?.authority?.slug).toBe(slug);
  expect((await listRevocations(installation, admin, { authority: "none" })).revocations).toEqual([]);
  for (const after of ["", "x", "1.2.3", "1767225600.", "-1.abc", "99999999999999.abc"]) {
    await expect(listRevocations(installation, admin, { after })).rejects.toMatchObject({
      code: "malformed",
      violations: [{ field: "after" }],
    });
  }
});

test("a certificate tells of its revocation, and of none when there is none", async () => {
  const id = await issue();
  expect(await revocationOf(installation, admin, id)).toBeNull();
  expect(await getCertificate(installation, admin, id)).toMatchObject({ revocation: null, status: "valid" });
  await revokeCertificate(installation, admin, id, { reason: "cessationOfOperation", comment: "shut down" });
  const facts = {
    reason: "cessationOfOperation",
    comment: "shut down",
    requestedBy: admin.name,
    invalidAt: null,
    publishedAt: null,
    source: null,
  };
  expect(await revocationOf(installation, admin, id)).toMatchObject(facts);
  expect(await getCertificate(installation, admin, id)).toMatchObject({
    revocation: facts,
    status: "revoked",
  });
});

test("before a revocation it is known what replaces the certificate: the newest renewal that works", async () => {
  const id = await issue();
  expect(await revocationConsequences(installation, admin, id)).toEqual({
    successor: null,
    lastSeenAt: null,
    lastSeenWhere: null,
    liveBelow: 0,
    isAuthority: false,
  });
  const second = await renew(id);
  const third = await renew(second);
  expect((await revocationConsequences(installation, admin, id)).successor?.id).toBe(third);
  await holdCertificate(installation, admin, third, {});
  expect((await revocationConsequences(installation, admin, id)).successor?.id).toBe(second);
  expect((await revocationConsequences(installation, admin, third)).successor).toBeNull();
});

test("an authority says how many certificates that work fall with it, those below it included", async () => {
  const id = await issue();
  const issuing = await installation.database.read.authority.findUniqueOrThrow({
    where: { id: await authorityOf(id) },
  });
  const before = await revocationConsequences(installation, admin, issuing.certificateId);
  expect(before.isAuthority).toBe(true);
  const figures = () => issuedFigures(installation, admin, [issuing.id]);
  const validBefore = (await figures()).get(issuing.id);
  expect(before.liveBelow).toBe(validBefore?.valid);
  const root = await installation.database.read.authority.findFirstOrThrow({ where: { kind: "root" } });
  const { liveBelow } = await revocationConsequences(installation, admin, root.certificateId);
  const authorities = await installation.database.read.authority.count({ where: { parentId: root.id } });
  expect(liveBelow).toBe(before.liveBelow + authorities);

  await holdCertificate(installation, admin, id, {});
  const after = await revocationConsequences(installation, admin, issuing.certificateId);
  expect(after.liveBelow).toBe(before.liveBelow - 1);
  expect((await figures()).get(issuing.id)).toEqual({
    issued: validBefore?.issued,
    valid: (validBefore?.valid ?? 0) - 1,
  });
  offsetSeconds += 400 * 86_400;
  expect((await revocationConsequences(installation, admin, issuing.certificateId)).liveBelow).toBe(0);
  offsetSeconds -= 400 * 86_400;
});
