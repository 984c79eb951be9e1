import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { issueNamed, requestFor } from "#e2e/fixtures/issued-certificate.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { previewRenewals } from "#lib/authority/bulk-preview.ts";
import { listItems } from "#lib/authority/bulk-read.ts";
import { startRenewal } from "#lib/authority/bulk-start.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest, previewRenewal, previewRequest } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewFromRequest, renewWithSameKey } from "#lib/authority/renew.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, systemClock } from "#lib/clock.ts";
import { unrenewedCertificates } from "#lib/inventory/unrenewed-certificates.ts";

/** The guarantee of every test here: what is revoked or held does not come back, nor issue anything. */

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

const name = () => `revoked-issuing-${number++}.example.test`;
const issue = () => issueNamed(issuer, admin, name());
const onHold = { code: "conflict", message: expect.stringContaining("on hold") };

test("a certificate on hold is not renewed with any key until it is released", async () => {
  const host = name();
  const id = await issueNamed(issuer, admin, host);
  await holdCertificate(installation, admin, id, {});
  const csr = requestFor(host);
  await expect(renewWithSameKey(installation, issuer, admin, id)).rejects.toMatchObject(onHold);
  await expect(
    renewFromRequest(installation, issuer, admin, id, { csr, source: "api" }),
  ).rejects.toMatchObject(onHold);
  await expect(previewRenewal(installation, admin, id, { csr })).rejects.toMatchObject(onHold);
  await releaseCertificate(installation, admin, id, {});
  await renewWithSameKey(installation, issuer, admin, id);
});

test("a revoked certificate is replaced by one for a new key, and stays revoked", async () => {
  const host = name();
  const id = await issueNamed(issuer, admin, host);
  await revokeCertificate(installation, admin, id, { reason: "superseded" });
  const refused = { code: "policyViolation", violations: [{ rule: "renew.revocation" }] };
  await expect(renewWithSameKey(installation, issuer, admin, id)).rejects.toMatchObject(refused);
  const { id: replacement } = await renewFromRequest(installation, issuer, admin, id, {
    csr: requestFor(host),
    source: "api",
  });
  const { cohort, replacedBy } = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id },
    include: { cohort: true, replacedBy: true },
  });
  expect(cohort?.state).toBe("revoked");
  expect(replacedBy.map((each) => each.id)).toEqual([replacement]);
});

test("the old key in a signing request is refused for a revoked certificate, also by the issuer itself", async () => {
  const host = name();
  const csr = requestFor(host);
  const { id } = await issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" });
  await revokeCertificate(installation, admin, id, { reason: "cessationOfOperation" });
  await expect(
    renewFromRequest(installation, issuer, admin, id, { csr, source: "api" }),
  ).rejects.toMatchObject({ code: "policyViolation", violations: [{ rule: "renew.revocation" }] });
});

test("a key that was compromised is never certified again", async () => {
  const csr = requestFor(name());
  const { id } = await issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" });
  await revokeCertificate(installation, admin, id, { reason: "keyCompromise" });
  const refused = { code: "policyViolation", violations: [{ field: "csr", rule: "key.compromise" }] };
  await expect(
    issueFromRequest(issuer, admin, { profile: "server", csr, source: "csr" }),
  ).rejects.toMatchObject(refused);
  await expect(previewRequest(installation, admin, { profile: "server", csr })).rejects.toMatchObject(
    refused,
  );
  const other = requestFor(name());
  await previewRequest(installation, admin, { profile: "server", csr: other });
  await issueFromRequest(issuer, admin, { profile: "server", csr: other, source: "csr" });
});

test("a renewal of many passes over what is held or revoked, and says why", async () => {
  const [held, revoked, good] = [await issue(), await issue(), await issue()];
  await holdCertificate(installation, admin, held, {});
  await revokeCertificate(installation, admin, revoked, { reason: "superseded" });
  const ids = [held, revoked, good];
  expect(await previewRenewals(installation, admin, { ids })).toMatchObject({
    count: 3,
    renewable: 1,
    obstacles: { held: 1, revoked: 1 },
  });
  const run = await startRenewal(installation, admin, { ids });
  while ((await advanceRun({ installation, issuer, actor: admin }, run)).status === "running");
  const { items } = await listItems(installation, admin, run);
  expect(items.map(({ status }) => status)).toEqual(["skipped", "skipped", "done"]);
  expect(items[0]?.message).toContain("on hold");
  expect(items[1]?.message).toContain("revoked");
});

test("nobody is told to renew what is held or revoked", async () => {
  const [held, revoked, good] = [await issue(), await issue(), await issue()];
  await holdCertificate(installation, admin, held, {});
  await revokeCertificate(installation, admin, revoked, { reason: "superseded" });
  const nagged = async () => {
    const { ending, expired } = await unrenewedCertificates(installation, admin);
    return [...ending.certificates, ...expired.certificates].map(({ id }) => id);
  };
  const before = offsetSeconds;
  for (const days of [80, 92]) {
    offsetSeconds = before + days * 86_400;
    const ids = await nagged();
    expect(ids).toContain(good);
    expect(ids).not.toContain(held);
    expect(ids).not.toContain(revoked);
  }
  offsetSeconds = before;
});

test("a held or revoked authority issues nothing, nor does one below it; a released one goes on", async () => {
  const server = await installation.database.read.certificateProfile.findUniqueOrThrow({
    where: { slug: "server" },
    include: { authority: true },
  });
  const { certificateId, id: parentId } = server.authority;
  const wanted = () => ({ profile: "server", csr: requestFor(name()), source: "csr" as const });
  await issueFromRequest(issuer, admin, wanted()); // what the issuer keeps in memory is from before
  const refused = { code: "policyViolation", violations: [{ rule: "authority.revocation" }] };
  await holdCertificate(installation, admin, certificateId, {});
  await expect(issueFromRequest(issuer, admin, wanted())).rejects.toMatchObject(refused);
  await expect(previewRequest(installation, admin, wanted())).rejects.toMatchObject(refused);
  await expect(
    createAuthority(installation, admin, {
      ...{ name: "Below", organisation: "", keyAlgorithm: "ecdsa-p256", days: 5, parentId },
      ...{ purposes: ["server"], pathLength: 0, permitted: [], excluded: [] },
    }),
  ).rejects.toMatchObject(refused);
  await releaseCertificate(installation, admin, certificateId, {});
  const { id } = await issueFromRequest(issuer, admin, wanted());
  await revokeCertificate(installation, admin, certificateId, { reason: "cACompromise" });
  await expect(issueFromRequest(issuer, admin, wanted())).rejects.toMatchObject(refused);
  // What it issued can still be revoked under it.
  await revokeCertificate(installation, admin, id, { reason: "superseded" });
});
