import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import * as peculiar from "@peculiar/x509";
import { beforeAll, describe, expect, test } from "vitest";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "./certificate.ts";
import { extensionNode } from "./certificate-extensions.ts";
import { parseCertificate, parseCertificates, verifyCertificateSignature } from "./certificate-reader.ts";
import { readDer } from "./der-reader.ts";
import { bitString, context, encodeDer, integer, oid, sequence, utf8String } from "./der-writer.ts";
import { toHex } from "./hex.ts";
import { formatName } from "./name.ts";
import { OID } from "./oids.ts";
import { encodePem } from "./pem.ts";
import { newSerialNumber } from "./serial-number.ts";
import { type TestIdentity, testAuthority, testLeaf } from "./testdata/issue.ts";

let root: TestIdentity;
let leaf: TestIdentity;

beforeAll(async () => {
  root = await testAuthority({ subject: "CN=Größe Root,O=Example,C=DE" });
  leaf = await testLeaf(root, {
    subject: "CN=api,O=Example",
    extensions: {
      subjectAlternativeNames: [
        { type: "dns", value: "api.example" },
        { type: "ip", value: "2001:db8::7" },
        { type: "uri", value: "spiffe://example/api" },
        { type: "email", value: "ops@example.org" },
      ],
      extendedKeyUsage: ["serverAuth", "clientAuth", "1.3.6.1.4.1.99999.1"],
      crlDistributionPoints: ["http://ca.example/a.crl"],
      authorityInfoAccess: { ocsp: ["http://ca.example/ocsp"], caIssuers: ["http://ca.example/a.crt"] },
      certificatePolicies: ["1.3.6.1.4.1.99999.2"],
    },
  });
});

describe("a certificate says what it was told to say", () => {
  test("to our own reader", () => {
    const parsed = parseCertificate(leaf.der);
    expect(parsed).toMatchObject({
      version: 3,
      notAfter: leaf.notAfter,
      timeForms: ["utc", "utc"],
      isCa: false,
      pathLength: null,
      keyUsage: ["digitalSignature"],
      extendedKeyUsage: ["serverAuth", "clientAuth", "1.3.6.1.4.1.99999.1"],
      crlDistributionPoints: ["http://ca.example/a.crl"],
      authorityInfoAccess: { ocsp: ["http://ca.example/ocsp"], caIssuers: ["http://ca.example/a.crt"] },
      subjectKeyIdentifier: toHex(keyIdentifier(leaf.spki)),
      authorityKeyIdentifier: toHex(keyIdentifier(root.spki)),
      key: { algorithm: "ecdsa-p256" },
    });
    expect(formatName(parsed.issuer)).toBe("CN=Größe Root,O=Example,C=DE");
    expect(parsed.names.map(({ value }) => value)).toEqual([
      "api.example",
      "2001:db8::7",
      "spiffe://example/api",
      "ops@example.org",
    ]);
    expect(parsed.extensions.filter(({ critical }) => critical).map(({ name }) => name)).toEqual([
      "keyUsage",
    ]);
  });

  test("to node:crypto", () => {
    const other = new X509Certificate(leaf.der);
    const parsed = parseCertificate(leaf.der);
    expect(other.serialNumber.toLowerCase()).toBe(parsed.serialNumber);
    expect(other.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(parsed.sha256);
    expect(other.fingerprint.replaceAll(":", "").toLowerCase()).toBe(parsed.sha1);
    expect(other.validToDate).toEqual(parsed.notAfter);
    expect(other.subjectAltName).toBe(
      "DNS:api.example, IP Address:2001:DB8:0:0:0:0:0:7, URI:spiffe://example/api, email:ops@example.org",
    );
    expect(other.infoAccess).toContain("OCSP - URI:http://ca.example/ocsp");
    expect(other.issuer).toBe("C=DE\nO=Example\nCN=Größe Root");
    expect(other.verify(new X509Certificate(root.der).publicKey)).toBe(true);
  });

  test("to @peculiar/x509", () => {
    const other = new peculiar.X509Certificate(new Uint8Array(leaf.der));
    const parsed = parseCertificate(leaf.der);
    expect(other.serialNumber).toBe(parsed.serialNumber);
    expect(other.notBefore).toEqual(parsed.notBefore);
    expect(other.getExtension(peculiar.ExtendedKeyUsageExtension)?.usages).toHaveLength(3);
    expect(other.getExtension(peculiar.SubjectAlternativeNameExtension)?.names.items).toHaveLength(4);
    expect(other.getExtension(peculiar.CertificatePolicyExtension)?.policies).toEqual([
      "1.3.6.1.4.1.99999.2",
    ]);
    expect(other.extensions.map(({ type, critical }) => [type, critical])).toEqual(
      parsed.extensions.map(({ oid: type, critical }) => [type, critical]),
    );
  });
});

test("the alternative names are critical exactly when the subject is empty (RFC 5280 §4.2.1.6)", async () => {
  const nameless = await testLeaf(root, { subject: "" });
  const extension = parseCertificate(nameless.der).extensions.find(
    ({ oid: type }) => type === OID.subjectAlternativeName,
  );
  expect(extension?.critical).toBe(true);
});

test("a subject with a direction mark is not written into a certificate", () => {
  const input = {
    serialNumber: newSerialNumber(),
    issuer: root.subject,
    subject: [[{ type: "2.5.4.3", value: "a\u202Eb" }]],
    notBefore: new Date(),
    notAfter: new Date(),
    spki: leaf.spki,
    signatureAlgorithm: "ecdsa-p256" as const,
    extensions: { keyUsage: [] },
  };
  expect(() => encodeTbsCertificate(input)).toThrow(expect.objectContaining({ code: "malformed" }));
});

test("a signature verifies with the issuer's key only", async () => {
  const other = await testAuthority();
  expect(verifyCertificateSignature(leaf.der, root.spki)).toBe(true);
  expect(verifyCertificateSignature(leaf.der, other.spki)).toBe(false);
  const rsa = await testAuthority({ algorithm: "rsa-2048" });
  expect(verifyCertificateSignature(leaf.der, rsa.spki)).toBe(false);
  expect(verifyCertificateSignature(leaf.der, new Uint8Array(10))).toBe(false);
});

describe("extensions that are wrong inside become findings, and the certificate is still read", () => {
  /** The leaf with one more extension, signature left as it was: nobody verifies it here. */
  function withExtension(type: string, value: Parameters<typeof extensionNode>[2]): Uint8Array {
    const [tbs] = readDer(leaf.der, "leaf").children;
    const members = tbs?.children ?? [];
    const others = (members.at(-1)?.children[0]?.children ?? []).filter(
      (extension) => extension.children[0]?.oid("id") !== type,
    );
    const list = sequence(...others.map(({ der }) => der), extensionNode(type, false, value));
    const body = encodeDer(sequence(...members.slice(0, -1).map(({ der }) => der), context(3, list)));
    return assembleCertificate(body, "ecdsa-p256", new Uint8Array(70));
  }

  test.each([
    ["alternative names with ediPartyName of nonsense", OID.subjectAlternativeName, sequence(integer(1))],
    [
      "an IP address of five octets",
      OID.subjectAlternativeName,
      sequence(encodeDer(Uint8Array.of(0x87, 5, 1, 2, 3, 4, 5))),
    ],
    ["basic constraints that are a string", OID.basicConstraints, utf8String("CA")],
    ["a subject key identifier that is a number", OID.subjectKeyIdentifier, integer(1)],
    ["distribution points that are empty", OID.crlDistributionPoints, sequence()],
    ["a key usage that is a sequence", OID.keyUsage, sequence()],
    ["an extended key usage of strings", OID.extendedKeyUsage, sequence(utf8String("serverAuth"))],
    ["bytes that are no DER", OID.nameConstraints, encodeDer(bitString(Uint8Array.of(1)))],
  ])("%s", (_, type, value) => {
    const parsed = parseCertificate(withExtension(type, value));
    const broken = parsed.extensions.find((extension) => extension.oid === type);
    expect(broken?.value).toBeNull();
    expect(broken?.finding?.detail).toMatch(/^The .*\.$/);
    expect(formatName(parsed.subject)).toBe("CN=api,O=Example");
  });

  test("an authority key identifier with issuer and serial number only is no error", () => {
    const issuer = context(1, context(4, sequence()));
    const serial = encodeDer(Uint8Array.of(0x82, 1, 7));
    const parsed = parseCertificate(withExtension(OID.authorityKeyIdentifier, sequence(issuer, serial)));
    const extension = parsed.extensions.find(({ name }) => name === "authorityKeyIdentifier");
    expect(extension?.value).toEqual({
      kind: "authorityKeyIdentifier",
      keyIdentifier: null,
      issuer: [""],
      serialNumber: "07",
    });
  });

  test("an unknown one is kept as it is", () => {
    const parsed = parseCertificate(withExtension("1.2.3.4", oid("1.2.3")));
    expect(parsed.extensions.at(-1)).toMatchObject({
      oid: "1.2.3.4",
      name: "1.2.3.4",
      value: null,
    });
  });
});

test("a bundle is read with the comments between its certificates, and nothing but certificates", () => {
  const bundle = `# root\n${encodePem("CERTIFICATE", root.der)}\n# leaf\n${encodePem("CERTIFICATE", leaf.der)}`;
  expect(parseCertificates(bundle).map(({ der }) => der)).toEqual([root.der, leaf.der]);
  expect(parseCertificates(leaf.der)).toHaveLength(1);
  expect(() => parseCertificates(encodePem("PRIVATE KEY", leaf.der))).toThrow(
    expect.objectContaining({ code: "malformed" }),
  );
  expect(() => parseCertificates(bundle, { maxCertificates: 1 })).toThrow(
    expect.objectContaining({ code: "tooLarge" }),
  );
});

test("negative, zero and twenty-octet serial numbers of others are shown as they are", () => {
  const serialOf = (serial: Uint8Array) => {
    const [tbs] = readDer(leaf.der, "leaf").children;
    const members = (tbs?.children ?? []).map(({ der }) => der);
    members[1] = Uint8Array.of(2, serial.length, ...serial);
    return parseCertificate(
      assembleCertificate(encodeDer(sequence(...members)), "ecdsa-p256", new Uint8Array(70)),
    ).serialNumber;
  };
  expect(serialOf(Uint8Array.of(0x85))).toBe("-7b");
  expect(serialOf(Uint8Array.of(0))).toBe("00");
  expect(serialOf(Uint8Array.of(0, 0x85))).toBe("85");
});
