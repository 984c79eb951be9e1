import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { extensionLines, extensionTitle } from "#components/certificate/extension-lines.ts";
import { buildCertificateSigningRequest, parseCertificateSigningRequest } from "#lib/x509/csr.ts";
import type { Extension } from "#lib/x509/extension-reader.ts";

const NO_OCTETS = new Uint8Array();
const extension = (value: Extension["value"], name = value?.kind ?? "1.2.3.4"): Extension => ({
  oid: "1.2.3.4",
  name,
  critical: false,
  der: NO_OCTETS,
  value,
});

test("the names of a real request are told with their types", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const csr = buildCertificateSigningRequest({
    privateKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
    algorithm: "ecdsa-p256",
    subject: [],
    names: [
      { type: "dns", value: "a.example" },
      { type: "ip", value: "2001:db8::1" },
    ],
  });
  const [names] = parseCertificateSigningRequest(csr).requestedExtensions;
  expect(extensionTitle(names as Extension)).toBe("Subject alternative names");
  expect(extensionLines(names as Extension)).toEqual([
    { label: "DNS", value: "a.example", mono: true },
    { label: "IP", value: "2001:db8::1", mono: true },
  ]);
});

test("an unknown extension shows its octets, cut where they become too many", () => {
  const unknown = { ...extension(null), name: "1.2.3.4", der: new Uint8Array(100).fill(0xab) };
  expect(extensionTitle(unknown)).toBe("Unknown extension");
  expect(extensionLines(unknown)).toEqual([
    { label: "Octets, hexadecimal", value: `${"ab".repeat(64)}… and 36 more octets`, mono: true },
  ]);
});

test.each([
  [{ kind: "basicConstraints", ca: true, pathLength: 0 }, ["A certificate authority", "0"]],
  [{ kind: "keyUsage", usages: ["digitalSignature"] }, ["digitalSignature"]],
  [
    { kind: "extendedKeyUsage", purposes: ["clientAuth", "1.2.3"] },
    ["clientAuth: a client proves itself to servers", "1.2.3"],
  ],
  [
    { kind: "authorityInformationAccess", ocsp: [], caIssuers: ["http://a/ca.crt"], other: [] },
    ["http://a/ca.crt"],
  ],
  [
    {
      kind: "nameConstraints",
      constraints: { permitted: [{ type: "dns", value: "example.com" }], excluded: [] },
    },
    ["example.com"],
  ],
  [{ kind: "tlsFeature", features: [5] }, ["status_request: the server must staple an OCSP answer"]],
] as [Extension["value"], string[]][])("%j is decoded", (value, lines) => {
  expect(extensionLines(extension(value)).map((line) => line.value)).toEqual(lines);
});
