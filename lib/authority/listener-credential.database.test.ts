import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { listenerStates } from "#lib/authority/listener-attention.ts";
import { listenerCredential } from "#lib/authority/listener-credential.ts";
import { getProfile } from "#lib/authority/profile-read.ts";
import { holdCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, fixedClock } from "#lib/clock.ts";
import { parseCertificates } from "#lib/x509/certificate-reader.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example", nameConstraints: ["example.test"] });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

const namesOf = (chain = "") =>
  parseCertificates(chain)[0]?.names.map((name) => `${name.type}:${name.value}`) ?? [];
const under = (name: string) => ({
  ...installation,
  config: { ...installation.config, listenerNames: [name] },
});
const count = () =>
  installation.database.read.certificate.count({ where: { source: "system", kind: "end-entity" } });

test("names outside the authorities' constraints are left out, and Home is told which", async () => {
  const credential = await listenerCredential(under("console.example.test"), issuer, "protocol");
  const names = namesOf(credential?.certificateChain);
  expect(names).toContain("dns:console.example.test");
  expect(names).toContain("ip:127.0.0.1");
  expect(names).not.toContain("dns:localhost");
  const [state] = await listenerStates(under("console.example.test"), admin);
  expect(state?.missingNames).toContain("localhost");
});

test("instances under different names keep a certificate each instead of taking it from each other", async () => {
  const [first, second] = [under("one.example.test"), under("two.example.test")];
  const chains = new Set<string | undefined>();
  for (const instance of [first, second])
    chains.add((await listenerCredential(instance, issuer, "protocol"))?.certificateChain);
  const made = await count();
  for (let round = 0; round < 3; round++) {
    for (const instance of [first, second])
      chains.add((await listenerCredential(instance, issuer, "protocol"))?.certificateChain);
  }
  expect(chains.size).toBe(2);
  expect(await count()).toBe(made);
});

test("of several instances that renew at once one does, and all go on", async () => {
  const present = under("three.example.test");
  const credential = await listenerCredential(present, issuer, "protocol");
  const due = { ...present, clock: fixedClock(addSeconds(credential?.renewAt ?? new Date(), 60)) };
  const issuers = [inlineIssuer(due), inlineIssuer(due), inlineIssuer(due)];
  const before = await count();
  const renewed = await Promise.all(issuers.map((each) => listenerCredential(due, each, "protocol")));
  expect(await count()).toBe(before + 1);
  for (const each of renewed) expect(each?.certificateChain).toContain("BEGIN CERTIFICATE");
  expect((await listenerCredential(due, issuer, "protocol"))?.certificateChain).not.toBe(
    credential?.certificateChain,
  );
  await Promise.all(issuers.map((each) => each.close()));
});

test("a listener's certificate that is revoked is replaced at once, one on hold when it is due", async () => {
  const present = under("revoked.example.test");
  const get = async (of: typeof present) =>
    parseCertificates((await listenerCredential(of, issuer, "protocol"))?.certificateChain ?? "")[0];
  const first = await get(present);
  const serial = first?.serialNumber ?? "";
  await holdCertificate(installation, admin, serial, {});
  expect((await get(present))?.serialNumber).toBe(serial);
  await revokeCertificate(installation, admin, serial, { reason: "keyCompromise" });
  const second = await get(present);
  expect(second?.serialNumber).not.toBe(serial);
  expect(second?.spki).not.toEqual(first?.spki);
  expect((await get(present))?.serialNumber).toBe(second?.serialNumber);

  await holdCertificate(installation, admin, second?.serialNumber ?? "", {});
  const { notAfter } = second ?? { notAfter: new Date() };
  const due = { ...present, clock: fixedClock(addSeconds(notAfter, -60)) };
  const ahead = inlineIssuer(due);
  const third = await listenerCredential(due, ahead, "protocol");
  await ahead.close();
  expect(parseCertificates(third?.certificateChain ?? "")[0]?.serialNumber).not.toBe(second?.serialNumber);
});

test("a renewal that is refused leaves the present certificate in use until its end", async () => {
  const present = under("four.example.test");
  const credential = await listenerCredential(present, issuer, "protocol");
  const profile = await getProfile(installation, admin, "countersign-listener");
  await installation.database.write(async (transaction) => {
    await transaction.certificateProfile.update({ where: { id: profile.id }, data: { status: "retired" } });
    await transaction.ground.update({ where: { id: 1 }, data: { configuration: { increment: 1 } } });
  });
  const at = (time: Date | undefined, seconds: number) => ({
    ...present,
    clock: fixedClock(addSeconds(time ?? new Date(), seconds)),
  });
  const due = at(credential?.renewAt, 60);
  expect((await listenerCredential(due, issuer, "protocol"))?.certificateChain).toBe(
    credential?.certificateChain,
  );
  const over = at(credential?.notAfter, 60);
  await expect(listenerCredential(over, issuer, "protocol")).rejects.toMatchObject({
    code: "policyViolation",
  });
});
