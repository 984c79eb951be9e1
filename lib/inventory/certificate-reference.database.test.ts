import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";

let installation: TestInstallation;
const viewer = testActor("viewer");

beforeAll(async () => {
  installation = await testInstallation();
  await foundAuthorities(installation, testActor("admin"), { organisation: "Example" });
});
afterAll(() => installation.close());

test("a certificate is found by its id, serial number and fingerprint, a root's too", async () => {
  const rows = await installation.database.read.certificate.findMany();
  expect(rows).toHaveLength(4);
  for (const { id, serial, sha256 } of rows) {
    for (const reference of [id, serial, serial.toUpperCase(), sha256 ?? "", (sha256 ?? "").toUpperCase()]) {
      expect((await getCertificate(installation, viewer, reference)).id).toBe(id);
    }
  }
});

test("a reservation is no certificate, and a part of a serial number none either", async () => {
  const [row] = await installation.database.read.certificate.findMany({ where: { issuerId: { not: null } } });
  const { id, serial } = row ?? { id: "", serial: "" };
  await expect(getCertificate(installation, viewer, serial.slice(1))).rejects.toMatchObject({
    code: "notFound",
  });
  for (const status of ["reserved", "abandoned"]) {
    await installation.database.write((transaction) =>
      transaction.certificate.update({ where: { id }, data: { status } }),
    );
    await expect(getCertificate(installation, viewer, id)).rejects.toMatchObject({ code: "notFound" });
  }
});
