import { beforeAll, describe, expect, test } from "vitest";
import {
  assembleCertificate,
  encodeTbsCertificate,
  keyIdentifier,
  type TbsCertificateInput,
} from "./certificate.ts";
import type { CertificateExtensions } from "./certificate-extensions.ts";
import { LINT_RULES, lintCertificate } from "./lint.ts";
import { parseName } from "./name.ts";
import { type TestIdentity, testAuthority } from "./testdata/issue.ts";

let authority: TestIdentity;
let usual: TbsCertificateInput;

beforeAll(async () => {
  authority = await testAuthority();
  usual = {
    serialNumber: "4f".repeat(18),
    issuer: authority.subject,
    subject: parseName("CN=api"),
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2026-04-01T00:00:00Z"),
    spki: authority.spki,
    signatureAlgorithm: "ecdsa-p256",
    extensions: {
      keyUsage: ["digitalSignature"],
      extendedKeyUsage: ["serverAuth"],
      subjectAlternativeNames: [{ type: "dns", value: "api.example" }],
      subjectKeyIdentifier: keyIdentifier(authority.spki),
      authorityKeyIdentifier: keyIdentifier(authority.spki),
    },
  };
});

const lint = (change: Partial<TbsCertificateInput>, extensions: Partial<CertificateExtensions> = {}) =>
  lintCertificate(
    encodeTbsCertificate({ ...usual, ...change, extensions: { ...usual.extensions, ...extensions } }),
  );

test("the usual certificate has no finding, before and after it is signed", () => {
  expect(lint({})).toEqual([]);
  const tbs = encodeTbsCertificate(usual);
  expect(
    lintCertificate(assembleCertificate(tbs, "ecdsa-p256", new Uint8Array(70)), { issuer: authority.der }),
  ).toEqual([]);
});

test("every rule has its own id, which names the standard, and a section", () => {
  expect(new Set(LINT_RULES.map(({ id }) => id)).size).toBe(LINT_RULES.length);
  for (const { id, section } of LINT_RULES) {
    expect(id).toMatch(/^(rfc\d+|cabf)\.[\w.-]+$/);
    expect(section).toMatch(/^\d{4} §\d/);
  }
});

describe("each of these is found, and nothing else", () => {
  test.each<[string, Partial<TbsCertificateInput>, Partial<CertificateExtensions>]>([
    ["rfc5280.4.1.2.2.serial-length", { serialNumber: "7f".repeat(21) }, {}],
    ["cabf.7.1.serial-entropy", { serialNumber: "01" }, {}],
    ["rfc5280.4.1.2.5.order", { notAfter: new Date("2026-01-01T00:00:00Z") }, {}],
    ["rfc5280.4.2.1.1.aki-key-identifier", {}, { authorityKeyIdentifier: new Uint8Array(0) }],
    ["rfc5280.4.2.1.2.ski-missing-leaf", {}, { subjectKeyIdentifier: undefined }],
    ["rfc5280.4.2.1.3.leaf-crl-sign", {}, { keyUsage: ["digitalSignature", "cRLSign"] }],
    ["rfc5280.4.2.1.3.agreement-only", {}, { keyUsage: ["digitalSignature", "encipherOnly"] }],
    ["rfc5480.3.key-type", {}, { keyUsage: ["digitalSignature", "keyEncipherment"] }],
    ["rfc5280.4.2.1.12.consistent", {}, { keyUsage: ["nonRepudiation"] }],
    ["rfc5280.4.2.1.12.any", {}, { extendedKeyUsage: ["serverAuth", "anyExtendedKeyUsage"] }],
    ["rfc5280.4.2.1.12.duplicate", {}, { extendedKeyUsage: ["serverAuth", "serverAuth"] }],
    ["rfc5280.4.2.1.12.missing", {}, { extendedKeyUsage: [] }],
    ["rfc9525.2.server-name", {}, { subjectAlternativeNames: [] }],
    ["rfc5280.4.2.1.6.name", {}, { subjectAlternativeNames: [{ type: "dns", value: "ops@example" }] }],
    [
      "rfc5280.4.2.1.6.duplicate-name",
      {},
      {
        subjectAlternativeNames: [
          { type: "dns", value: "a.example" },
          { type: "dns", value: "A.example" },
        ],
      },
    ],
    ["rfc5280.4.2.1.4.duplicate-policy", {}, { certificatePolicies: ["1.2.3", "1.2.3"] }],
    ["rfc5280.4.2.1.13.url", {}, { crlDistributionPoints: ["https://ca.example/a.crl"] }],
    ["rfc5280.4.2.2.1.url", {}, { authorityInfoAccess: { ocsp: ["ldap://ca.example"], caIssuers: [] } }],
    ["rfc6960.4.2.2.2.no-check", {}, { extendedKeyUsage: ["ocspSigning"] }],
    ["rfc6960.4.2.2.2.no-check-alone", {}, { ocspNoCheck: true }],
    [
      "rfc5280.4.2.1.10.leaf",
      {},
      { nameConstraints: { permitted: [{ type: "dns", value: "example" }], excluded: [] } },
    ],
  ])("%s", (rule, change, extensions) => {
    expect(lint(change, extensions).map((finding) => finding.rule)).toEqual([rule]);
  });
});

test("a serial number of zero is neither positive nor unpredictable", () => {
  const rules = lint({ serialNumber: "00" }).map((finding) => finding.rule);
  expect(rules).toEqual(["rfc5280.4.1.2.2.serial-positive", "cabf.7.1.serial-entropy"]);
});

test("what its issuer would not stand for is found when the issuer is given", async () => {
  const issuer = await testAuthority({
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: {
      basicConstraints: { ca: true, pathLength: 0 },
      extendedKeyUsage: ["clientAuth"],
      nameConstraints: { permitted: [{ type: "dns", value: "other" }], excluded: [] },
    },
  });
  const below = {
    ...usual,
    issuer: issuer.subject,
    notAfter: new Date(Date.now() + 10 * 86_400_000),
    extensions: { ...usual.extensions, authorityKeyIdentifier: keyIdentifier(issuer.spki) },
  };
  const rules = lintCertificate(encodeTbsCertificate(below), { issuer: issuer.der }).map(
    (finding) => finding.rule,
  );
  expect(rules).toEqual([
    "rfc5280.6.1.3.validity",
    "rfc5280.4.2.1.10.names",
    "rfc5280.4.2.1.12.issuer-purposes",
  ]);
});

test("bytes that are no certificate are one finding", () => {
  expect(lintCertificate(Uint8Array.of(1, 2, 3))).toMatchObject([{ severity: "error" }]);
});
