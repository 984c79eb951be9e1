import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AllowlistFiles } from "#lib/access/allowlist/allowlist-files.ts";
import { createClient } from "#lib/access/client-change.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { decide } from "#lib/access/decide/decide.ts";
import { explainAccess } from "#lib/access/explain-access.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { PresentedCertificates } from "#lib/access/presented-certificates.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { generateKeyPair } from "#lib/x509/key.ts";

const admin = testActor("admin");
let now: Date;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;
let access: AccessSnapshot;
let presented: PresentedCertificates;
let files: AllowlistFiles;
let serviceId: string;
let leaf: Awaited<ReturnType<typeof issue>>;

beforeEach(async () => {
  now = truncateToSecond(new Date());
  installation = await testInstallation(clock);
  await foundAuthorities(installation, admin, { organisation: "Example" });
  access = new AccessSnapshot(installation, 3_600_000);
  presented = new PresentedCertificates(installation, access);
  files = new AllowlistFiles(installation, access);
  serviceId = await createService(installation, admin, { slug: "payments", name: "Payments" });
  leaf = await issue();
});
afterEach(() => installation.close());

async function issue() {
  const issuer = inlineIssuer(installation);
  const { id } = await issuer.issue({
    profile: "client",
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: "billing" }]],
    names: [{ type: "dns", value: "billing.example" }],
    source: "api",
    actor: admin,
  });
  await issuer.close();
  const row = await installation.database.read.certificate.findUniqueOrThrow({
    where: { id },
    include: { issuer: { include: { certificate: true, parent: { include: { certificate: true } } } } },
  });
  const { issuer: authority } = row;
  if (authority === null || row.sha256 === null) throw new Error("it has no authority");
  return { ...row, sha256: row.sha256, authority };
}

async function admit(name: string, proof: CredentialInput) {
  const clientId = await createClient(installation, admin, { name });
  await addCredential(installation, admin, clientId, proof);
  await createGrant(installation, admin, { clientId, serviceId });
}

/** What everybody says of the certificate who has a say: the decision, its explanation, and the list. */
async function told() {
  await access.follow();
  const snapshot = access.current ?? expect.fail("no snapshot");
  const certificate = await presented.read("h", () => ({ leaf: leaf.body, chain: [] }));
  const { reason } = decide(
    snapshot,
    { service: "payments", method: "GET", path: "/", certificate },
    now.getTime(),
  );
  const { decision, rules } = await explainAccess(installation, admin, {
    certificateId: leaf.id,
    service: "payments",
  });
  expect(decision.reason).toBe(reason);
  expect(rules.find(({ name }) => name === "authority")?.verdict ?? "granted").toBe(reason);
  const file = await files.present({ serviceId, service: "payments", format: "haproxy" });
  const isListed = Buffer.concat(file.pieces).toString().includes(leaf.sha256.toUpperCase());
  expect(isListed).toBe(reason === "granted");
  return reason;
}

test.each(["certificate", "key", "name"] as const)(
  "an authority that is on hold or revoked vouches for nobody, also not for whoever is known by a %s",
  async (kind) => {
    const { authority } = leaf;
    await admit(
      "Billing",
      {
        certificate: { kind: "certificate" as const, sha256: leaf.sha256 },
        key: { kind: "key" as const, sha256: leaf.keySha256 },
        name: {
          ...{ kind: "name" as const, nameType: "dns" as const, nameValue: "billing.example" },
          authorityId: authority.id,
        },
      }[kind],
    );
    expect(await told()).toBe("granted");
    const { issuers } = access;
    await holdCertificate(installation, admin, authority.certificateId, {});
    expect(await told()).toBe("authority-held");
    expect(access.issuers).not.toBe(issuers);
    await releaseCertificate(installation, admin, authority.certificateId, {});
    expect(await told()).toBe("granted");
    await revokeCertificate(installation, admin, authority.certificateId, { reason: "superseded" });
    expect(await told()).toBe("authority-revoked");
  },
);

test("an authority is as valid as all above it", async () => {
  await admit("Billing", { kind: "certificate", sha256: leaf.sha256 });
  expect(await told()).toBe("granted");
  const { certificate, parent } = leaf.authority;
  const above = parent?.certificate.notAfter ?? expect.fail("no authority above");
  const standing = () => access.current?.authorities.get(leaf.authority.id);
  const ends = Math.min(certificate.notAfter.getTime(), above.getTime());
  expect(standing()).toEqual({ state: "good", notAfter: ends });
  // As if the root ended within the hour.
  const soon = addSeconds(now, 3_600);
  await installation.database.write(async (transaction) => {
    await transaction.certificate.update({
      where: { id: parent?.certificateId ?? "" },
      data: { notAfter: soon },
    });
    await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
  });
  expect(await told()).toBe("granted");
  now = soon;
  expect(await told()).toBe("granted");
  now = addSeconds(now, 1);
  expect(await told()).toBe("authority-expired");
});
