import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { PresentedCertificates } from "#lib/access/presented-certificates.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { generateKeyPair } from "#lib/x509/key.ts";

const admin = testActor("admin");
let installation: TestInstallation;
let access: AccessSnapshot;
let presented: PresentedCertificates;
/** What the database does about certificates that are looked up. */
let lookUp: "answers" | "is slow" | "fails";
/** How often it was asked. */
let asked: number;
let awaySince: Date | null;
let id: string;
let leaf: Uint8Array;

beforeEach(async () => {
  installation = await testInstallation();
  await foundAuthorities(installation, admin, { organisation: "Example" });
  ({ id } = await inlineIssuer(installation).issue({
    ...{ profile: "client", key: await generateKeyPair("ecdsa-p256"), source: "api", actor: admin },
    ...{ subject: [], names: [{ type: "dns", value: "billing.example" }] },
  }));
  const { database } = installation;
  const { body } = await database.read.certificate.findUniqueOrThrow({ where: { id } });
  leaf = body ?? expect.fail("no certificate");
  [lookUp, asked, awaySince] = ["answers", 0, null];
  const certificate = new Proxy(database.read.certificate, {
    get(target, name) {
      if (name !== "findUnique" || lookUp === "answers") return Reflect.get(target, name);
      asked++;
      if (lookUp === "is slow") return () => new Promise(() => {});
      return () => Promise.reject(Object.assign(new Error("away"), { code: "P1001" }));
    },
  });
  const read = new Proxy(database.read, {
    get: (target, name) => (name === "certificate" ? certificate : Reflect.get(target, name)),
  });
  access = new AccessSnapshot(installation, 3_600_000);
  Object.defineProperty(access, "awaySince", { get: () => awaySince });
  presented = new PresentedCertificates({ ...installation, database: { ...database, read } }, access);
  await access.follow();
  expect(await revocation()).toBe("good");
});
afterEach(() => installation.close());

async function revocation(header = "known"): Promise<string> {
  const certificate = await presented.read(header, () => ({ leaf, chain: [] }));
  return typeof certificate === "string" ? certificate : certificate.revocation;
}

async function revoke(): Promise<void> {
  await revokeCertificate(installation, admin, id, { reason: "keyCompromise" });
  await access.follow();
}

test("when something was revoked and cannot be looked up soon, nobody is taken for good", async () => {
  lookUp = "is slow";
  await revoke();
  expect(presented.fromMemory("known")).toBeNull();
  expect(await revocation()).toBe("unknown");
  lookUp = "answers";
  expect(await revocation()).toBe("revoked");
});

test("while the database is away everybody is as he was last, as soon as that is known", async () => {
  lookUp = "is slow";
  await revoke();
  const known = revocation();
  const other = revocation("other");
  await expect.poll(() => asked).toBe(2);
  awaySince = new Date();
  expect(await known).toBe("good");
  expect(await other).toBe("unknown");
});

test("a look-up that fails is put again while the database is there", async () => {
  lookUp = "fails";
  await revoke();
  const said = revocation();
  await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(1);
  lookUp = "answers";
  expect(await said).toBe("revoked");
});
