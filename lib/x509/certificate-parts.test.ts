import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeBase64 } from "./base64.ts";
import type { CertificatePart } from "./certificate-part.ts";
import { certificateParts } from "./certificate-parts.ts";
import { context, element, encodeDer, integer, oid, sequence, setOf } from "./der-writer.ts";
import { encodePem } from "./pem.ts";
import { encodePkcs7, encodePkcs7Pem } from "./pkcs7.ts";
import { encodePkcs12 } from "./pkcs12.ts";
import { fuzzParameters, mutated } from "./testdata/fuzz.ts";
import { type TestIdentity, testAuthority, testLeaf } from "./testdata/issue.ts";

const stored = (name: string) => new Uint8Array(readFileSync(new URL(`./testdata/${name}`, import.meta.url)));
const bytes = (text: string) => new TextEncoder().encode(text);

async function partsOf(
  file: Uint8Array | string,
  password: string | null = null,
): Promise<CertificatePart[]> {
  const parts: CertificatePart[] = [];
  const octets = typeof file === "string" ? bytes(file) : file;
  for await (const part of certificateParts(octets, password)) parts.push(part);
  return parts;
}

/** Kind and place of each part, and of those that are no certificates the reason. */
const told = (parts: readonly CertificatePart[]) =>
  parts.map((part) =>
    part.kind === "certificate"
      ? `certificate @ ${part.place}`
      : `${part.kind} @ ${part.place}: ${part.reason}`,
  );

let root: TestIdentity;
let leaf: TestIdentity;
let pem: (identity: TestIdentity) => string;

beforeAll(async () => {
  root = await testAuthority();
  leaf = await testLeaf(root);
  pem = ({ der }) => encodePem("CERTIFICATE", der);
});

describe("certificates are found in", () => {
  test("a PEM bundle with comments, and OpenSSL's trusted certificates", async () => {
    const trusted = encodePem(
      "TRUSTED CERTIFICATE",
      Uint8Array.from([...leaf.der, ...encodeDer(sequence(element(0x0c, "Alias")))]),
    );
    const parts = await partsOf(`# bundle\n${pem(root)}\nBag Attributes\n${pem(leaf)}${trusted}`);
    expect(told(parts)).toEqual(
      ["PEM block 1", "PEM block 2", "PEM block 3"].map((at) => `certificate @ ${at}`),
    );
    expect(parts[2]).toMatchObject({ der: leaf.der });
  });

  test("DER, several one behind the other, also with a line break at the end", async () => {
    expect(await partsOf(root.der)).toEqual([{ kind: "certificate", place: "", der: root.der }]);
    const file = Uint8Array.from([...root.der, ...leaf.der, 10]);
    expect(told(await partsOf(file))).toEqual(["certificate @ ", `certificate @ byte ${root.der.length}`]);
  });

  test("base64 without any armour, and PEM that Windows saved as Unicode", async () => {
    expect(told(await partsOf(`${encodeBase64(root.der)}\n`))).toEqual(["certificate @ "]);
    const utf16 = Buffer.from(`\ufeff${pem(root)}`, "utf16le");
    expect(told(await partsOf(new Uint8Array(utf16)))).toEqual(["certificate @ PEM block 1"]);
  });

  test("PKCS#7 in DER, in PEM, and with indefinite lengths", async () => {
    const expected = ["certificate @ certificate 1", "certificate @ certificate 2"];
    expect(told(await partsOf(encodePkcs7([leaf.der, root.der])))).toEqual(expected);
    expect(told(await partsOf(encodePkcs7Pem([leaf.der, root.der])))).toEqual(
      expected.map((line) => line.replace("@ ", "@ PEM block 1, ")),
    );
    const end = [0, 0];
    const signedData = [
      ...encodeDer(integer(1)),
      ...encodeDer(setOf()),
      ...encodeDer(sequence(oid("1.2.840.113549.1.7.1"))),
    ];
    const list = [0xa0, 0x80, ...leaf.der, ...root.der, ...end];
    const ber = [0x30, 0x80, ...encodeDer(oid("1.2.840.113549.1.7.2")), 0xa0, 0x80, 0x30, 0x80];
    const file = Uint8Array.from([
      ...ber,
      ...signedData,
      ...list,
      ...encodeDer(setOf()),
      ...end,
      ...end,
      ...end,
    ]);
    // Its first length octet is that of the indefinite form.
    expect(told(await partsOf(file))).toEqual(expected);
  });

  test("PKCS#12 with and without a key, of which none is told more than that it is there", async () => {
    const p12 = await encodePkcs12({
      privateKeyPkcs8: new Uint8Array(leaf.privateKey.export({ format: "der", type: "pkcs8" })),
      chain: [leaf.der, root.der],
      password: "secret",
      friendlyName: "web",
    });
    expect(told(await partsOf(p12, "secret"))).toEqual([
      'certificate @ entry "web"',
      "certificate @ certificate 2",
      "note @ : a private key, which is never kept",
    ]);
    expect(told(await partsOf(stored("keytool-17-trust.p12"), "changeit"))).toEqual([
      'certificate @ entry "trust PKCS12"',
    ]);
  });

  test.each([
    ["keytool-17-key.jks", ['entry "web"'], 1],
    ["keytool-17-trust.jceks", ['entry "trust jceks"'], 0],
    ["keytool-17-secret.jceks", ['entry "zz"', 'entry "behind a secret key"'], 1],
  ])("the key store %s, with its digest checked when there is a password", async (name, places, keys) => {
    const key = "note @ : a private key, which is never kept";
    const expected = [...places.map((place) => `certificate @ ${place}`), ...(keys > 0 ? [key] : [])];
    expect(told(await partsOf(stored(name), "changeit"))).toEqual(expected);
    expect(told(await partsOf(stored(name)))).toEqual([
      ...expected,
      "note @ : the digest of the key store was not checked, because no password was given",
    ]);
  });
});

describe("what is no certificate is told in a sentence:", () => {
  test.each<[string, string, string]>([
    ["an empty file", "", "unreadable @ : The file is empty."],
    ["text", "Hello", "unreadable @ : It holds no certificate in a format that is read here."],
    [
      "a web page",
      "<!doctype html><p>-----BEGIN",
      "unreadable @ : It holds no certificate in a format that is read here.",
    ],
    [
      "a CRL",
      encodePem(
        "X509 CRL",
        encodeDer(
          sequence(
            sequence(integer(1), sequence(oid("1.2.3"))),
            sequence(oid("1.2.3")),
            element(0x03, Uint8Array.of(0)),
          ),
        ),
      ),
      "note @ PEM block 1: a CRL, not a certificate; revocation lists are not imported yet",
    ],
    [
      "a block without an end",
      "-----BEGIN CERTIFICATE-----\nMIIB",
      "unreadable @ PEM block 1: A PEM block CERTIFICATE cannot be read. Its END line is missing.",
    ],
    [
      "a block that is not base64",
      "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----",
      "unreadable @ PEM block 1: A PEM block CERTIFICATE cannot be read. Its content is not base64.",
    ],
    [
      "a ZIP in a ZIP",
      "PK\u0003\u0004…",
      "unreadable @ : An archive (ZIP) inside of what was uploaded is not opened; unpack it and import its files.",
    ],
  ])("%s", async (_, file, line) => {
    expect(told(await partsOf(file))).toEqual([line]);
  });

  test("a broken block hides none of the others", async () => {
    const file = `-----BEGIN CERTIFICATE-----\nMIIB\n${pem(root)}-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n${pem(leaf)}`;
    expect((await partsOf(file)).map(({ kind }) => kind)).toEqual([
      "unreadable",
      "certificate",
      "unreadable",
      "certificate",
    ]);
  });

  test("a truncated PKCS#7 gives the certificates before the cut, and says so", async () => {
    const whole = encodePkcs7([leaf.der, root.der]);
    const parts = await partsOf(whole.subarray(0, whole.length - 40));
    expect(told(parts)).toEqual([
      "certificate @ certificate 1",
      "unreadable @ : The PKCS#7 file is cut off or damaged; only what stands before that place was read.",
    ]);
  });

  test("a truncated certificate and a truncated key store too", async () => {
    expect(told(await partsOf(root.der.subarray(0, 300)))).toEqual([
      "unreadable @ : The certificate ends too early: the file is cut off or damaged.",
    ]);
    expect(told(await partsOf(stored("keytool-17-secret.jceks").subarray(0, 200)))).toContain(
      "unreadable @ : The key store is cut off or damaged; only what stands before that place was read.",
    );
  });

  test("a wrong password, a missing one", async () => {
    const p12 = stored("openssl-3.0.p12");
    expect(told(await partsOf(p12, "wrong"))).toEqual([
      "unreadable @ : The password does not open the PKCS#12 file, or the file is damaged.",
    ]);
    expect(told(await partsOf(p12))).toEqual([
      "unreadable @ : The PKCS#12 file is protected by a password; import it again and give it.",
    ]);
    expect(told(await partsOf(stored("keytool-17-key.jks"), "wrong"))).toEqual([
      "unreadable @ : The password is not the one of the key store, or the store is damaged.",
    ]);
  });
});

test("no private key is ever handed on to be kept", async () => {
  const key = leaf.privateKey;
  const inPem = key.export({ format: "pem", type: "pkcs8" }).toString();
  const encrypted = key
    .export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "secret" })
    .toString();
  const files: (Uint8Array | string)[] = [
    inPem,
    encrypted,
    key.export({ format: "pem", type: "sec1" }).toString(),
    new Uint8Array(key.export({ format: "der", type: "pkcs8" })),
    new Uint8Array(key.export({ format: "der", type: "sec1" })),
    inPem.slice(0, -30),
    `PuTTY-User-Key-File-3: ecdsa\nPrivate-Lines: 1\nAAAA`,
    JSON.stringify(key.export({ format: "jwk" })),
    stored("openssl-3.0.p12"),
    stored("openssl-3.0.p12").subarray(0, 900),
    stored("keytool-17-key.jks").subarray(0, 300),
  ];
  for (const file of files) {
    for (const part of await partsOf(file)) {
      if (part.kind === "unreadable") expect(part.body).toHaveLength(0);
    }
  }
});

test("a signing request and a public key are named for what they are", async () => {
  const spki = encodePem("PUBLIC KEY", leaf.spki);
  expect(told(await partsOf(spki))).toEqual([
    "note @ PEM block 1: a public key without a certificate",
  ]);
  expect(told(await partsOf(leaf.spki))).toEqual(["note @ : a public key without a certificate"]);
});

describe("whatever comes, the reader ends soon and throws nothing", () => {
  const LIMIT_MS = 10_000;
  const isBounded = async (file: Uint8Array, password: string | null) => {
    const start = performance.now();
    await partsOf(file, password);
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  };
  test.each([
    ["keytool-17-key.jks", 1],
    ["keytool-17-secret.jceks", 1],
    ["keytool-17-trust.p12", 0.2],
    ["openssl-1.1-3des.p12", 0.2],
  ])(
    "%s, mutated",
    async (name, share) => {
      await fc.assert(
        fc.asyncProperty(mutated(stored(name)), fc.constantFrom(null, "changeit"), (file, password) =>
          // A mutated iteration count may ask for two million rounds of a password.
          name.endsWith(".p12") ? partsOf(file, password).then(() => {}) : isBounded(file, password),
        ),
        fuzzParameters(share),
      );
    },
    120_000,
  );

  test("PKCS#7, PEM and DER, mutated", async () => {
    const sound = [encodePkcs7([leaf.der, root.der]), bytes(pem(root) + pem(leaf)), root.der];
    await fc.assert(
      fc.asyncProperty(fc.oneof(...sound.map(mutated)), (file) => isBounded(file, null)),
      fuzzParameters(2),
    );
  }, 120_000);

  test.each<[string, () => Uint8Array]>([
    ["twenty thousand BEGIN lines", () => bytes("-----BEGIN CERTIFICATE-----\n".repeat(20_000))],
    [
      "indefinite lengths in each other",
      () => new Uint8Array(2_000_000).fill(0x30).map((_, i) => (i % 2 ? 0x80 : 0x30)),
    ],
    [
      "a key store of empty chains",
      () =>
        Uint8Array.from([
          0xfe,
          0xed,
          0xfe,
          0xed,
          0,
          0,
          0,
          2,
          255,
          255,
          255,
          255,
          ...new Array(5_000_000 / 10).fill(0),
        ]),
    ],
    ["nested sequences", () => encodeDer(context(0, context(0, element(0x30, new Uint8Array(3_000_000)))))],
  ])("%s", async (_, make) => {
    await isBounded(make(), null);
  });
});
