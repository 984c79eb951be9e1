import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { certifiedNames } from "#lib/authority/bulk-certified-names.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewWithSameKey } from "#lib/authority/renew.ts";
import { addSeconds } from "#lib/clock.ts";
import { newId } from "#lib/id.ts";

let installation: TestInstallation;
let issuer: Issuer;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(async () => {
  await issuer.close();
  await installation.close();
});

async function issue(value: string, lifetimeSeconds: number) {
  const { issued } = await issueWithKeyMadeHere(issuer, admin, {
    profile: "server",
    subject: [],
    names: [{ type: "dns", value }],
    keyAlgorithm: "ecdsa-p256",
    lifetimeSeconds,
  });
  return installation.database.read.certificate.findUniqueOrThrow({ where: { id: issued.id } });
}
const DAY = 24 * 3600;

test("each name is known with its last day, also beside one that has thousands of certificates", async () => {
  const { id } = await issue("a-busy.example.test", DAY);
  await installation.database.write((transaction) =>
    transaction.certificateName.createMany({
      data: Array.from({ length: 3_000 }, () => ({
        id: newId(),
        certificateId: id,
        type: "dns",
        value: "a-busy.example.test",
        reversed: "tset.elpmaxe.ysub-a",
      })),
    }),
  );
  await issue("z-quiet.example.test", DAY);
  const { notAfter } = await issue("z-quiet.example.test", 30 * DAY);
  await issue("z-quiet.example.test", 2 * DAY);
  const found = await certifiedNames(installation, [
    "a-busy.example.test",
    "none.example.test",
    "z-quiet.example.test",
  ]);
  expect([...found.keys()].sort()).toEqual(["a-busy.example.test", "z-quiet.example.test"]);
  expect(found.get("z-quiet.example.test")).toEqual(notAfter);
});

test("what was renewed or is over counts no more", async () => {
  const old = await issue("over.example.test", DAY);
  const at = (now: Date) =>
    certifiedNames({ ...installation, clock: { now: () => now } }, ["over.example.test"]);
  expect(await at(addSeconds(old.notAfter, -1))).toEqual(new Map([["over.example.test", old.notAfter]]));
  expect((await at(old.notAfter)).size).toBe(0);
  await renewWithSameKey(installation, issuer, admin, old.id);
  const successor = await installation.database.read.certificate.findFirstOrThrow({
    where: { replacesId: old.id },
  });
  expect(await at(addSeconds(old.notAfter, -1))).toEqual(
    new Map([["over.example.test", successor.notAfter]]),
  );
});
