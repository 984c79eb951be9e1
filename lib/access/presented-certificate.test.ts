import { expect, test } from "vitest";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { type KnownIssuer, readPresented } from "./presented-certificate.ts";

const root = await testAuthority({ subject: "CN=Root,O=Example" });
/** Of the same name, with another key: what somebody makes who wants to be taken for it. */
const impostor = await testAuthority({ subject: "CN=Root,O=Example" });

function known(id: string, { der }: TestIdentity): KnownIssuer {
  const { subjectDer, spki } = readForeignCertificate(der);
  return { id, subjectDer, spki };
}

const issuers = [known("root", root)];
const read = (der: Uint8Array, among = issuers) => readPresented(der, () => among);

test("a certificate says who it is, and who signed it is checked by the signature", async () => {
  const leaf = await testLeaf(root, {
    subject: "CN=Billing,O=Example",
    extensions: {
      extendedKeyUsage: ["clientAuth"],
      subjectAlternativeNames: [
        { type: "dns", value: "api.example" },
        { type: "uri", value: "spiffe://example/billing" },
        { type: "ip", value: "192.0.2.1" },
      ],
    },
  });
  expect(read(leaf.der)).toEqual({
    sha256: readForeignCertificate(leaf.der).sha256,
    keySha256: readForeignCertificate(leaf.der).spkiSha256,
    serial: readForeignCertificate(leaf.der).serialNumber,
    names: [
      { type: "dns", value: "api.example" },
      { type: "uri", value: "spiffe://example/billing" },
      { type: "commonName", value: "Billing" },
    ],
    issuer: "root",
    notBefore: readForeignCertificate(leaf.der).notBefore.getTime(),
    notAfter: leaf.notAfter.getTime(),
    isForClients: true,
    strength: 128,
  });
});

test("who only writes the issuer's name into a certificate was not signed by it", async () => {
  const forged = await testLeaf(impostor);
  expect(read(forged.der)?.issuer).toBeNull();
  // Of several of one name the one whose key it was.
  expect(read(forged.der, [...issuers, known("impostor", impostor)])?.issuer).toBe("impostor");
});

test("a server's certificate is for no client, and an authority's is nobody's identity", async () => {
  expect(read((await testLeaf(root)).der)?.isForClients).toBe(false);
  expect(read(root.der)).toMatchObject({ isForClients: false, issuer: "root" });
  const free = await testLeaf(root, { extensions: { extendedKeyUsage: undefined } });
  expect(read(free.der)?.isForClients).toBe(true);
});

test.each([
  ["rsa-2048", 112],
  ["rsa-3072", 128],
  ["rsa-4096", 128],
  ["ecdsa-p384", 192],
  ["ed25519", 128],
  ["ml-dsa-65", 192],
] as const)("a key of %s has %i bits of strength", async (algorithm, strength) => {
  expect(read((await testLeaf(root, { algorithm })).der)?.strength).toBe(strength);
});

test("what is no certificate, or has something behind it, is none", async () => {
  const { der } = await testLeaf(root);
  expect(read(new Uint8Array())).toBeNull();
  expect(read(der.subarray(0, 100))).toBeNull();
  expect(read(Uint8Array.of(...der, 0))).toBeNull();
});
