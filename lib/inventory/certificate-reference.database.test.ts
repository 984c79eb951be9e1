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

test("a serial number means ours before those of others, and none of several", async () => {
  const [own] = await installation.database.read.certificate.findMany({
    where: { issuerId: { not: null }, status: "issued" },
  });
  if (own === undefined) throw new Error("there is no certificate of ours");
  const foreign = async (id: string, serial: string) => {
    await installation.database.write((transaction) =>
      transaction.certificate.create({
        data: { ...own, id, serial, issuerId: null, sha256: `sha256-${id}`, lineageId: id, source: "import" },
      }),
    );
  };
  await foreign("foreign-same", own.serial);
  await foreign("foreign-1", "01");
  expect((await getCertificate(installation, viewer, own.serial)).id).toBe(own.id);
  expect((await getCertificate(installation, viewer, "01")).id).toBe("foreign-1");
  await foreign("foreign-2", "01");
  await expect(getCertificate(installation, viewer, "01")).rejects.toMatchObject({ code: "conflict" });
  expect((await getCertificate(installation, viewer, "foreign-2")).id).toBe("foreign-2");
});
