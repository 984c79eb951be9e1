import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { isInstalled } from "#e2e/fixtures/installed.ts";
import { importCertificates } from "#lib/inventory/import-certificates.ts";
import { listImported } from "#lib/inventory/import-read.ts";

/** Files that other software made are imported whole. */

const DEBIAN_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
const JAVA_CACERTS = "/etc/ssl/certs/java/cacerts";

let here: TestInstallation;
let folder: string;

beforeAll(async () => {
  here = await testInstallation();
  folder = mkdtempSync(join(tmpdir(), "countersign-import-"));
});
afterAll(async () => {
  await here.close();
  rmSync(folder, { recursive: true, force: true });
});

function upload(path: string, password: string | null = null) {
  const octets = new Uint8Array(readFileSync(path));
  return importCertificates(here, testActor("operator"), {
    fileName: path,
    password,
    declaredBytes: octets.length,
    source: (async function* () {
      yield octets;
    })(),
  });
}

const keytool = (...options: string[]) =>
  execFileSync("keytool", [...options, "-storepass", "changeit", "-noprompt"], {
    cwd: folder,
    stdio: "pipe",
  });

test.skipIf(!existsSync(DEBIAN_BUNDLE))("every certificate of Debian's bundle is imported", async () => {
  const count = readFileSync(DEBIAN_BUNDLE, "utf8").split("-----BEGIN CERTIFICATE-----").length - 1;
  expect(count).toBeGreaterThan(100);
  const result = await upload(DEBIAN_BUNDLE);
  expect(result).toMatchObject({ found: count, added: count, unreadable: 0, faults: [] });
  const { certificates } = await listImported(here, testActor("viewer"), result.id, { limit: 500 });
  expect(new Set(certificates.map(({ kind }) => kind))).toEqual(new Set(["authority"]));
});

test.skipIf(!existsSync(JAVA_CACERTS))("Java's own trust store holds the same", async () => {
  const result = await upload(JAVA_CACERTS, "changeit");
  expect(result.found).toBeGreaterThan(100);
  expect(result).toMatchObject({ unreadable: 0, faults: [] });
});

test.skipIf(!isInstalled("keytool"))(
  "key stores that keytool writes are read, and keys are stepped over",
  async () => {
    for (const [index, type] of ["JKS", "JCEKS", "PKCS12"].entries()) {
      const store = ["-keystore", `store.${type}`, "-storetype", type];
      const name = `CN=host ${index}, O=Example`;
      keytool(
        "-genkeypair",
        "-alias",
        "key",
        "-keyalg",
        "EC",
        "-dname",
        name,
        "-keypass",
        "changeit",
        ...store,
      );
      keytool("-exportcert", "-alias", "key", "-file", `${type}.der`, ...store);
      const other = ["-keystore", `trust.${type}`, "-storetype", type];
      keytool("-importcert", "-alias", "trusted", "-file", `${type}.der`, ...other);
      const result = await upload(join(folder, `store.${type}`), "changeit");
      expect(result, type).toMatchObject({ found: 1, added: 1, unreadable: 0 });
      expect(result.faults.map(({ reason }) => reason)).toEqual([
        "Note: a private key, which is never kept.",
      ]);
      expect(await upload(join(folder, `trust.${type}`), "changeit"), type).toMatchObject({
        found: 1,
        known: 1,
      });
      const wrong = await upload(join(folder, `trust.${type}`), "wrong");
      expect(wrong.faults[0]?.reason, type).toMatch(/^The password/);
    }
  },
);
