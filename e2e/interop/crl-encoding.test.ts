import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as peculiar from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyIdentifier } from "#lib/x509/certificate.ts";
import { readCrl, verifyCrl } from "#lib/x509/crl-reader.ts";
import type { CrlEntryInput } from "#lib/x509/crl-writer.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { encodeName } from "#lib/x509/name.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";
import { printedEntries } from "./openssl-text.ts";
import { run, type Verdict } from "./x509-checkers.ts";

/** The CRLs that we write openssl and GnuTLS must read as they were meant, and we those of openssl. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-revocation-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...parameters: string[]) => run(folder, "openssl", parameters);
const write = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

function writeIdentity(name: string, { der, privateKey }: TestIdentity): void {
  write(`${name}.pem`, encodePem("CERTIFICATE", der));
  write(`${name}.key`, privateKey.export({ format: "pem", type: "pkcs8" }));
}

/** No ML-DSA before OpenSSL 3.5, and none in GnuTLS 3.7: the words in which they say so. */
const NO_ML_DSA = {
  openssl: /X509_PUBKEY_get0:decode error/,
  gnutls: /Signature algorithm: 2\.16\.840\.1\.101\.3\.4\.3\.17[\s\S]*Not verified/i,
};
const ALGORITHMS: KeyAlgorithm[] = ["rsa-2048", "ecdsa-p256", "ecdsa-p384", "ed25519", "ml-dsa-44"];

const REASONS = Object.keys(REVOCATION_REASONS) as RevocationReason[];
const SERIALS = [
  "01",
  "7f",
  "80",
  "ff",
  "0100",
  "8000",
  "ff".repeat(19),
  "7f".padEnd(40, "0"),
  "ff".repeat(20),
];
const at = (text: string) => new Date(text);

/** Every reason with and without a time of compromise, every length and sign of serial number, old and far dates. */
const ENTRIES: CrlEntryInput[] = [
  ...REASONS.flatMap((reason, index) =>
    [null, at("2025-12-31T23:59:59Z")].map((invalidAt, half) => ({
      serial: `4fa0${(2 * index + half).toString(16).padStart(2, "0")}`,
      revokedAt: at("2026-01-02T03:04:05Z"),
      reason,
      invalidAt,
    })),
  ),
  ...SERIALS.map((serial, index) => ({
    serial,
    revokedAt: at(
      ["1950-01-01T00:00:00Z", "2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z"][index % 3] as string,
    ),
    reason: "unspecified" as const,
    invalidAt: null,
  })),
];

describe.each(ALGORITHMS)("a CRL signed with %s", (algorithm) => {
  const known = algorithm !== "ml-dsa-44";
  let issuer: TestIdentity;
  beforeAll(async () => {
    issuer = await testAuthority({ algorithm });
    write("ca.pem", encodePem("CERTIFICATE", issuer.der));
  });

  test("is read by openssl, entry by entry, and its signature verified", () => {
    write("full.crl", testCrl(issuer, { entries: ENTRIES, number: 2n ** 64n }));
    const text = openssl("crl", "-inform", "DER", "-in", "full.crl", "-noout", "-text");
    expect(text).toMatchObject({ accepted: true });
    expect(printedEntries(text.output)).toEqual(ENTRIES);
    expect(text.output).toMatch(/X509v3 CRL Number: *\n +18446744073709551616\n/);
    expectVerified(openssl("crl", "-inform", "DER", "-in", "full.crl", "-noout", "-CAfile", "ca.pem"));
  });

  test("is empty for openssl when nothing is revoked, and may end after 2050", () => {
    write("empty.crl", testCrl(issuer, { nextUpdate: at("2051-02-03T04:05:06Z") }));
    const { output } = openssl("crl", "-inform", "DER", "-in", "empty.crl", "-noout", "-text");
    expect(output).toContain("No Revoked Certificates.");
    expect(output).toContain("Next Update: Feb  3 04:05:06 2051 GMT");
    expectVerified(openssl("crl", "-inform", "DER", "-in", "empty.crl", "-noout", "-CAfile", "ca.pem"));
  });

  test("makes openssl refuse whom it names, and nobody else", async () => {
    const leaf = await testLeaf(issuer);
    const other = await testLeaf(issuer, { serialNumber: "4fa001" });
    write("leaf.pem", encodePem("CERTIFICATE", leaf.der));
    write("other.pem", encodePem("CERTIFICATE", other.der));
    write("full.pem", encodePem("X509 CRL", testCrl(issuer, { entries: ENTRIES })));
    const verdict = (file: string) =>
      openssl("verify", "-x509_strict", "-crl_check", "-CRLfile", "full.pem", "-CAfile", "ca.pem", file);
    if (known) expect(verdict("leaf.pem")).toMatchObject({ accepted: true });
    expect(verdict("other.pem")).toMatchObject({
      accepted: false,
      output: expect.stringMatching(known ? /certificate revoked/ : NO_ML_DSA.openssl),
    });
  });

  test("is verified by GnuTLS", () => {
    write("full.pem", encodePem("X509 CRL", testCrl(issuer, { entries: ENTRIES })));
    const verdict = run(folder, "certtool", [
      ...["--verify-crl", "--infile", "full.pem", "--load-ca-certificate", "ca.pem"],
    ]);
    if (known)
      expect(verdict).toMatchObject({ accepted: true, output: expect.stringContaining(" Verified.") });
    else expect(verdict).toMatchObject({ accepted: false, output: expect.stringMatching(NO_ML_DSA.gnutls) });
    expect(verdict.output).toContain(`Revoked certificates (${ENTRIES.length})`);
  });

  function expectVerified({ accepted, output }: Verdict): void {
    if (known) expect([accepted, output]).toEqual([true, "verify OK"]);
    else expect(output).toMatch(NO_ML_DSA.openssl);
  }
});

describe("a CRL with every reason, date and length of serial number", () => {
  let issuer: TestIdentity;
  beforeAll(async () => {
    issuer = await testAuthority();
    write("ca.pem", encodePem("CERTIFICATE", issuer.der));
    write("full.crl", testCrl(issuer, { entries: ENTRIES }));
  });

  test("is verified and kept by NSS", () => {
    const nss = ["-d", `sql:${folder}`];
    expect(run(folder, "certutil", ["-N", ...nss, "--empty-password"])).toMatchObject({ accepted: true });
    expect(
      run(folder, "certutil", ["-A", ...nss, "-n", "ca", "-t", "CT,CT,CT", "-i", "ca.pem"]),
    ).toMatchObject({
      accepted: true,
    });
    expect(run(folder, "crlutil", ["-I", ...nss, "-t", "1", "-i", "full.crl"])).toEqual({
      accepted: true,
      output: "",
    });
    const { output } = run(folder, "crlutil", ["-L", ...nss, "-n", "ca"]);
    expect(output.match(/Serial Number:/g)).toHaveLength(ENTRIES.length);
    expect(output.match(/Reason Code/gi)).toHaveLength(
      ENTRIES.filter(({ reason }) => reason !== "unspecified").length,
    );
  });

  test("is read by Java", () => {
    const { output } = run(folder, "keytool", ["-J-Duser.timezone=UTC", "-printcrl", "-file", "full.crl"]);
    const read = [...output.matchAll(/SerialNumber: (\S+) {2}On: (.+)$/gm)].map(
      ([, serial = "", date = ""]) => [BigInt(`0x${serial.replaceAll(":", "")}`), at(date)],
    );
    expect(read.sort()).toEqual(
      ENTRIES.map(({ serial, revokedAt }) => [BigInt(`0x${serial}`), revokedAt]).sort(),
    );
    expect(output.match(/Reason Code: (?!UNSPECIFIED)/g)).toHaveLength(2 * (REASONS.length - 1));
  });

  test("is read and verified by @peculiar/x509", async () => {
    peculiar.cryptoProvider.set(webcrypto as unknown as Crypto);
    const crl = new peculiar.X509Crl(read("full.crl"));
    expect(await crl.verify({ publicKey: new peculiar.X509Certificate(new Uint8Array(issuer.der)) })).toBe(
      true,
    );
    const entries = crl.entries.map(({ serialNumber, revocationDate, reason, invalidity }) => ({
      serial: serialNumber.replace(/^00(?=..)/, ""),
      revokedAt: revocationDate,
      reason: REASONS.find((name) => REVOCATION_REASONS[name].code === (reason ?? 0)),
      invalidAt: invalidity ?? null,
    }));
    expect(entries).toEqual(ENTRIES);
  });
});

/** Made by openssl, with every extension that it can write into an entry. */
test("a CRL by openssl is read entry by entry, and its signature verified", async () => {
  const issuer = await testAuthority({ algorithm: "rsa-2048" });
  writeIdentity("ca", issuer);
  // openssl 3.0 takes dates of revocation before 2050 only.
  const date = "20380119031407Z".slice(2);
  const lines = [
    ["01", ""],
    ["7F", ",unspecified"],
    ["8000", ",keyTime,20251231235959Z"],
    [`FF${"00".repeat(18)}01`, ",CAkeyTime,20510101000000Z"],
    ["79", ",removeFromCRL"],
    ["4FA0", ",holdInstruction,holdInstructionReject"],
    ...["affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", "keyCompromise"].map(
      (reason, index) => [`4FB${index}`, `,${reason}`],
    ),
  ];
  write(
    "index.txt",
    lines.map(([serial, why]) => `R\t491231235959Z\t${date}${why}\t${serial}\tunknown\t/CN=x\n`).join(""),
  );
  write("number", "FF00");
  write("ca.cnf", OPENSSL_CA);
  const made = openssl(
    ...["ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "theirs.pem"],
    ...["-crl_lastupdate", "20260101000000Z", "-crl_nextupdate", "20510101000000Z"],
  );
  expect(made).toMatchObject({ accepted: true });
  const crl = readCrl(read("theirs.pem"));
  expect(crl).toMatchObject({
    issuerDer: encodeName(issuer.subject),
    thisUpdate: at("2026-01-01T00:00:00Z"),
    nextUpdate: at("2051-01-01T00:00:00Z"),
    number: 0xff00n,
    authorityKeyIdentifier: Buffer.from(keyIdentifier(issuer.spki)).toString("hex"),
    isDelta: false,
    isPartial: false,
  });
  expect(verifyCrl(crl, issuer.spki)).toBe(true);
  const entry = (serial: string, reason: RevocationReason, invalidAt: Date | null = null) => ({
    serial,
    reason,
    invalidAt,
    revokedAt: at("2038-01-19T03:14:07Z"),
    certificateIssuer: null,
  });
  const expected = [
    entry("01", "unspecified"),
    entry("7f", "unspecified"),
    entry("8000", "keyCompromise", at("2025-12-31T23:59:59Z")),
    entry(`ff${"00".repeat(18)}01`, "cACompromise", at("2051-01-01T00:00:00Z")),
    entry("4fa0", "certificateHold"),
    entry("4fb0", "affiliationChanged"),
    entry("4fb1", "superseded"),
    entry("4fb2", "cessationOfOperation"),
    entry("4fb3", "certificateHold"),
    entry("4fb4", "keyCompromise"),
  ];
  const bySerial = (left: { serial: string }, right: { serial: string }) =>
    left.serial < right.serial ? -1 : 1;
  expect([...crl.entries()].sort(bySerial)).toEqual(expected.sort(bySerial));
});

const OPENSSL_CA = `
[ca]
default_ca = here
[here]
database = index.txt
crlnumber = number
default_md = sha256
crl_extensions = list
[list]
authorityKeyIdentifier = keyid:always
`;
