import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import { parseCertificate } from "./certificate-reader.ts";
import { readDer } from "./der-reader.ts";
import {
  context,
  type DerNode,
  element,
  encodeDer,
  integer,
  octetString,
  oid,
  sequence,
} from "./der-writer.ts";
import { formatName } from "./name.ts";
import { OID } from "./oids.ts";
import { encodePem } from "./pem.ts";
import { encodePkcs7 } from "./pkcs7.ts";
import { encodePkcs12 } from "./pkcs12.ts";
import { decodePkcs12, decodePkcs12Certificates } from "./pkcs12-reader.ts";
import { encodePkcs8, encodePrivateKeyPem, readPrivateKey } from "./private-key.ts";
import { type TestIdentity, testAuthority, testLeaf } from "./testdata/issue.ts";

let root: TestIdentity;
let leaf: TestIdentity;
beforeAll(async () => {
  root = await testAuthority();
  leaf = await testLeaf(root);
});

const file = (name: string) => new Uint8Array(readFileSync(new URL(`./testdata/${name}`, import.meta.url)));
const refused = (code: string, field: string, rule: string) =>
  expect.objectContaining({ code, violations: [expect.objectContaining({ field, rule })] });

/** A PKCS#12 file whose certificates are encrypted octets in pieces, as NSS writes them, without a MAC. */
function ofPieces(piece: DerNode, saltOctets: number): Uint8Array {
  const derivation = sequence(octetString(new Uint8Array(saltOctets)), integer(1));
  const cipher = sequence(oid(OID.aes256Cbc), octetString(new Uint8Array(16)));
  const pbes2 = sequence(oid(OID.pbes2), sequence(sequence(oid(OID.pbkdf2), derivation), cipher));
  const content = sequence(integer(0), sequence(oid(OID.data), pbes2, context(0, piece)));
  const safe = sequence(sequence(oid(OID.encryptedData), context(0, content)));
  const data = sequence(oid(OID.data), context(0, octetString(safe)));
  return encodeDer(sequence(integer(3), data));
}

describe("PKCS#12", () => {
  test.each(["secret", "pässwörd – 密码", "𝔘 beyond the first plane"])(
    "written with the password %j is read with it",
    async (password) => {
      const der = await encodePkcs12({
        privateKeyPkcs8: encodePkcs8(leaf.privateKey),
        chain: [leaf.der, root.der],
        password,
        friendlyName: "Größe 🔑",
      });
      const content = await decodePkcs12(der, password);
      expect(content.certificates).toEqual([leaf.der, root.der]);
      expect(content.friendlyName).toBe("Größe \uFFFD");
      expect(encodePkcs8(content.privateKey)).toEqual(encodePkcs8(leaf.privateKey));
      expect(() => createSecureContext({ pfx: Buffer.from(der), passphrase: password })).not.toThrow();
      await expect(decodePkcs12(der, "another")).rejects.toThrow(
        refused("malformed", "password", "pkcs12.password"),
      );
    },
  );

  test("without a password is not written", async () => {
    const input = {
      privateKeyPkcs8: encodePkcs8(leaf.privateKey),
      chain: [leaf.der],
      password: "",
      friendlyName: "x",
    };
    await expect(encodePkcs12(input)).rejects.toThrow(refused("malformed", "password", "pkcs12.password"));
  });

  test.each(["openssl-3.0.p12", "openssl-1.1-3des.p12", "nss-3.87.p12"])("of %s is read", async (name) => {
    const { certificates, friendlyName, privateKey } = await decodePkcs12(file(name), "secret");
    expect(certificates.map((der) => formatName(parseCertificate(der).subject))).toEqual([
      "CN=Imported Root,O=Example",
    ]);
    expect(friendlyName).toBe("Imported Root");
    expect(new X509Certificate(certificates[0] as Uint8Array).checkPrivateKey(privateKey)).toBe(true);
  });

  test.each(["openssl-3.0.p12", "openssl-1.1-3des.p12"])(
    "of %s is not read with a wrong password",
    async (name) => {
      await expect(decodePkcs12(file(name), "Secret")).rejects.toThrow(
        refused("malformed", "password", "pkcs12.password"),
      );
    },
  );

  test("that asks for ten million iterations is refused before one is computed", async () => {
    const sound = file("openssl-3.0.p12");
    const [version, safe, mac] = readDer(sound, "pkcs12").children;
    const [digest, salt] = mac?.children ?? [];
    const parts = [version, safe].map((part) => part?.der as Uint8Array);
    const iterations = element(0x02, Uint8Array.of(0x00, 0x98, 0x96, 0x80));
    const greedy = encodeDer(
      element(0x30, [
        ...parts,
        element(0x30, [digest?.der as Uint8Array, salt?.der as Uint8Array, iterations]),
      ]),
    );
    const before = process.cpuUsage();
    await expect(decodePkcs12(greedy, "secret")).rejects.toThrow(
      refused("tooLarge", "pkcs12", "pkcs12.iterations"),
    );
    const { user, system } = process.cpuUsage(before);
    // To compute them takes seconds.
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });

  test("that has a salt of 2 KB, for its MAC or for what it encrypts, is refused before it is used", async () => {
    const sound = file("openssl-3.0.p12");
    const [version, safe, mac] = readDer(sound, "pkcs12").children.map(({ der }) => der);
    const salt = octetString(new Uint8Array(2048));
    const [digest] = readDer(mac as Uint8Array, "mac").children;
    const salted = sequence(
      version as Uint8Array,
      safe as Uint8Array,
      sequence(digest?.der as Uint8Array, salt),
    );
    const encrypted = ofPieces(octetString(new Uint8Array(16)), 2048);
    for (const der of [encodeDer(salted), encrypted]) {
      await expect(decodePkcs12Certificates(der, "secret")).rejects.toThrow(
        refused("tooLarge", "pkcs12", "pkcs12.salt"),
      );
    }
  });

  test("of 16 MB in pieces, which its password does not open, takes no time and little memory", async () => {
    const file = ofPieces(octetString(new Uint8Array(16 << 20)), 8);
    const [time, memory] = [process.cpuUsage(), process.resourceUsage().maxRSS];
    await expect(decodePkcs12Certificates(file, "secret")).rejects.toThrow(
      refused("malformed", "password", "pkcs12.password"),
    );
    const { user, system } = process.cpuUsage(time);
    expect((user + system) / 1_000).toBeLessThan(2_500);
    // In kilobytes: some copies of the file.
    expect(process.resourceUsage().maxRSS - memory).toBeLessThan(500_000);
  });

  test("that is something else is refused by its field", async () => {
    await expect(decodePkcs12(leaf.der, "secret")).rejects.toThrow(
      expect.objectContaining({ code: "malformed" }),
    );
    await expect(decodePkcs12(new Uint8Array(2_000_000), "secret")).rejects.toThrow(
      refused("tooLarge", "pkcs12", "der.size"),
    );
  });
});

test("PKCS#7 holds the certificates in the given order", () => {
  const signedData = readDer(encodePkcs7([leaf.der, root.der]), "p7b").children[1]?.children[0];
  expect(signedData?.children[3]?.children.map(({ der }) => [...der])).toEqual([
    [...leaf.der],
    [...root.der],
  ]);
});

describe("a private key", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const encrypted = privateKey
    .export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "secret" })
    .toString();

  test("is read from PKCS#8, SEC 1 and PKCS#1, encrypted too", () => {
    const same = (input: string | Uint8Array, password?: string) =>
      readPrivateKey(input, password).equals(privateKey);
    expect(same(encodePrivateKeyPem(privateKey))).toBe(true);
    expect(same(encodePkcs8(privateKey))).toBe(true);
    expect(same(privateKey.export({ format: "pem", type: "sec1" }).toString())).toBe(true);
    expect(same(encrypted, "secret")).toBe(true);
    expect(readPrivateKey(rsa.export({ format: "pem", type: "pkcs1" }).toString()).equals(rsa)).toBe(true);
  });

  test.each<[string, string, string, string | undefined, string]>([
    [
      "text round it",
      "privateKey",
      `my key:\n${encodePrivateKeyPem(privateKey)}`,
      undefined,
      "rfc7468.2.garbage",
    ],
    [
      "a certificate in its place",
      "privateKey",
      encodePem("CERTIFICATE", Uint8Array.of(0x30, 0)),
      undefined,
      "rfc7468.10",
    ],
    ["a damaged key", "privateKey", encodePem("PRIVATE KEY", Uint8Array.of(0x30, 0)), undefined, "rfc5958"],
    ["two keys", "privateKey", encodePrivateKeyPem(privateKey).repeat(2), undefined, "key.count"],
    ["no password", "password", encrypted, undefined, "key.password-missing"],
    ["a wrong password", "password", encrypted, "other", "key.password"],
    [
      "OpenSSL's old encryption",
      "privateKey",
      rsa.export({ format: "pem", type: "pkcs1", cipher: "aes-128-cbc", passphrase: "secret" }).toString(),
      "secret",
      "key.legacy-encryption",
    ],
  ])("with %s is refused, without any of it in the message", (_, field, input, password, rule) => {
    expect(() => readPrivateKey(input, password)).toThrow(refused("malformed", field, rule));
  });
});
