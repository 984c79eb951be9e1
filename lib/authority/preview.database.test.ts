import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueFromRequest, previewRequest } from "#lib/authority/issue.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { openDriver } from "#lib/driver.ts";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";

vi.mock("#lib/driver.ts", async (original) => {
  const driver = await original<typeof import("#lib/driver.ts")>();
  return { ...driver, openDriver: vi.fn(driver.openDriver) };
});

let installation: TestInstallation;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  await foundAuthorities(installation, admin, { organisation: "Example", nameConstraints: ["example.test"] });
});
afterAll(() => installation.close());

const request = (name: string) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [],
    names: [{ type: "dns", value: name }],
  });
};

test("a preview promises what is issued and refuses what is refused, without a connection of its own", async () => {
  const good = { profile: "server", csr: request("api.example.test"), source: "csr" as const };
  const bad = { profile: "server", csr: request("api.elsewhere.test"), source: "csr" as const };
  const [{ plan }] = await Promise.all(
    Array.from({ length: 20 }, () => previewRequest(installation, admin, good)),
  );
  const refusal = { violations: [{ field: "names", rule: "rfc5280.4.2.1.10" }] };
  await expect(previewRequest(installation, admin, bad)).rejects.toMatchObject(refusal);
  expect(openDriver).not.toHaveBeenCalled();

  const issuer = inlineIssuer(installation);
  const issued = await issueFromRequest(issuer, admin, good);
  await expect(issueFromRequest(issuer, admin, bad)).rejects.toMatchObject(refusal);
  await issuer.close();
  expect(Math.abs(issued.notAfter.getTime() - (plan?.notAfter.getTime() ?? 0))).toBeLessThan(60_000);
});
