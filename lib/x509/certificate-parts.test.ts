import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeBase64 } from "./base64.ts";
import { type CertificatePart, unreadable } from "./certificate-part.ts";
import { certificateParts } from "./certificate-parts.ts";
import { readForeignCertificate } from "./certificate-reader.ts";
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
    expect(await partsOf(root.der)).toEqual([
      { kind: "certificate", place: "", der: root.der, document: root.der },
    ]);
    const file = Uint8Array.from([...root.der, ...leaf.der, 10]);
    expect(told(await partsOf(file))).toEqual(["certificate @ ", `certificate @ byte ${root.der.length}`]);
    const apart = Uint8Array.from([
      ...root.der,
      13,
      10,
      ...leaf.der,
      13,
      10,
      ...bytes(`# and\n${pem(root)}`),
    ]);
    expect(told(await partsOf(apart))).toEqual([
      "certificate @ ",
      `certificate @ byte ${root.der.length + 2}`,
      "certificate @ PEM block 1",
    ]);
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
    [
      "text",
      "Hello",
      "unreadable @ : It holds no certificate in a format that is read here. Its bytes are not kept: they may hold a private key.",
    ],
    [
      "a web page",
      "<!doctype html><p>-----BEGIN",
      "unreadable @ : It holds no certificate in a format that is read here. Its bytes are not kept: they may hold a private key.",
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
      "unreadable @ PEM block 1: A PEM block CERTIFICATE cannot be read. Its END line is missing. Its bytes are not kept: they may hold a private key.",
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

  test("a PKCS#7 in which a length says more than there is, whichever, tells that it was not read whole", async () => {
    const whole = encodePkcs7([leaf.der, root.der]);
    const sequences = [...whole.keys()].filter((at) => whole[at] === 0x30 && whole[at + 1] === 0x82);
    const list = whole.findIndex((octet, at) => octet === 0xa0 && at > 30 && whole[at + 1] === 0x82);
    const isInside = (at: number) =>
      at > list + 4 &&
      whole.subarray(at, at + leaf.der.length).join() !== leaf.der.join() &&
      whole.subarray(at, at + root.der.length).join() !== root.der.join();
    const lengths = [...sequences.filter((at) => !isInside(at)), list, whole.indexOf(0xa0)];
    expect(lengths.length).toBeGreaterThanOrEqual(6);
    for (const at of lengths) {
      const damaged = whole.slice();
      damaged[at + 2] = (damaged[at + 2] as number) + 8;
      expect(told(await partsOf(damaged))).toContain(
        "unreadable @ : The PKCS#7 file is cut off or damaged; only what stands before that place was read.",
      );
    }
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

describe("no private key is ever handed on to be kept:", () => {
  const whole = ["raw", "hex", "base64"] as const;

  /** Sixteen octets, however they are aligned in base64. */
  function windowsOf(secret: Uint8Array): Record<(typeof whole)[number], Set<string>> {
    const windows = { raw: new Set<string>(), hex: new Set<string>(), base64: new Set<string>() };
    for (let at = 0; at + 16 <= secret.length; at++) {
      const window = Buffer.from(secret.subarray(at, at + 16));
      windows.raw.add(window.toString("latin1"));
      windows.hex.add(window.toString("hex"));
      for (const before of [0, 1, 2]) {
        const text = Buffer.concat([Buffer.alloc(before), window]).toString("base64");
        // Without the digits that the octets before and behind have a share in.
        windows.base64.add(text.slice(Math.ceil((before * 4) / 3), -4));
      }
    }
    return windows;
  }

  /** What would be recorded with a fault: of parts that cannot be read, and of certificates that are none. */
  function bodiesOf(parts: readonly CertificatePart[]): Uint8Array[] {
    return parts.flatMap((part) => {
      if (part.kind === "unreadable") return [part.body];
      if (part.kind === "note") return [];
      try {
        readForeignCertificate(part.der);
        return [];
      } catch (error) {
        return [unreadable(part.place, error, part.der, part.document).body];
      }
    });
  }

  async function expectNoneKept(file: Uint8Array, secrets: readonly Uint8Array[]): Promise<void> {
    const windows = secrets.map(windowsOf);
    for (const body of bodiesOf(await partsOf(file))) {
      if (body.length === 0) continue;
      const buffer = Buffer.from(body);
      const raw = buffer.toString("latin1");
      // Without line breaks, colons and the zeros of UTF-16; and as base64 that was glued off its beat.
      const text = `${raw.replace(/[\s\0:]/g, "")} ${buffer.toString("base64")}`;
      for (const kinds of windows) {
        for (const kind of whole) {
          const haystack = kind === "raw" ? raw : kind === "hex" ? text.toLowerCase() : text;
          for (const window of kinds[kind]) expect(haystack.includes(window), kind).toBe(false);
        }
      }
    }
  }

  /** A key with the octets of it that are secret. */
  interface TestKey {
    key: KeyObject;
    secrets: Uint8Array[];
  }
  function testKey(kind: "p256" | "ed25519" | "rsa"): TestKey {
    const { privateKey: key } =
      kind === "p256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : kind === "rsa"
          ? generateKeyPairSync("rsa", { modulusLength: 2048 })
          : generateKeyPairSync("ed25519");
    const { d = "", p, q } = key.export({ format: "jwk" });
    return { key, secrets: [d, p, q].flatMap((text) => (text ? [Buffer.from(text, "base64url")] : [])) };
  }
  const keys = (["p256", "ed25519", "rsa"] as const).map(testKey);

  /** The key in all the forms that Node writes, and those in another writing. */
  function formsOf({ key }: TestKey): Uint8Array[] {
    const types = key.asymmetricKeyType === "ec" ? (["pkcs8", "sec1"] as const) : (["pkcs8"] as const);
    const ders = types.map((type) => key.export({ format: "der", type }));
    const pems = types.map((type) => key.export({ format: "pem", type }).toString());
    if (key.asymmetricKeyType === "rsa") ders.push(key.export({ format: "der", type: "pkcs1" }));
    return [
      ...ders,
      ...ders.map((der) => Buffer.from(der.toString("base64"))),
      ...ders.map((der) => Buffer.from(der.toString("base64").replace(/.{64}/g, "$&\r\n"))),
      ...ders.map((der) => Buffer.from(der.toString("base64url"))),
      ...ders.map((der) => Buffer.from(der.toString("hex"))),
      ...ders.map((der) =>
        Buffer.from(
          der
            .toString("hex")
            .replace(/..(?=.)/g, "$&:")
            .toUpperCase(),
        ),
      ),
      ...pems.map((text) => Buffer.from(text)),
      ...pems.map((text) => Buffer.from(text, "utf16le")),
      ...pems.map((text) => Buffer.from(`\ufeff${text}`, "utf16le")),
      ...pems.map((text) => Buffer.from(Buffer.from(text).toString("base64"))),
      Buffer.from(JSON.stringify(key.export({ format: "jwk" }))),
    ];
  }

  test.each<[string, (der: Buffer, text: string) => (Uint8Array | string)[]]>([
    ["alone", (der, text) => [der, text]],
    ["cut short", (der, text) => [der.subarray(0, -1), der.subarray(0, -3), text.slice(0, -30)]],
    ["before a line break", (der) => [Buffer.concat([der, Buffer.from("\n")])]],
    ["before a certificate", (der) => [Buffer.concat([der, root.der])]],
    ["behind a certificate", (der) => [Buffer.concat([root.der, der])]],
    ["behind a certificate and a line break", (der) => [Buffer.concat([root.der, Buffer.from("\n"), der])]],
    ["in PEM behind a certificate", (_, text) => [Buffer.concat([root.der, Buffer.from(text)])]],
    [
      "in UTF-16 without a mark",
      (_, text) => [Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16()],
    ],
    ["as base64 below a line of text", (der) => [`the key\n${der.toString("base64")}`]],
    [
      "as base64 in a block of a certificate",
      (der) => [
        `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}*\n-----END CERTIFICATE-----\n`,
        `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n`,
      ],
    ],
    [
      "behind an element with an absurd length",
      (der) => [
        Buffer.concat([root.der, Buffer.of(0x30, 0x8f), der]),
        Buffer.concat([Buffer.of(0x30, 0x8f), der]),
      ],
    ],
    [
      "in a certificate that is cut off",
      (der) => [
        Buffer.concat([root.der.subarray(0, 120), der]),
        Buffer.concat([root.der.subarray(0, -20), der.subarray(0, 19)]),
      ],
    ],
  ])("a key %s", async (_, glue) => {
    for (const { key, secrets } of keys) {
      const der = key.export({ format: "der", type: "pkcs8" });
      for (const file of glue(der, key.export({ format: "pem", type: "pkcs8" }).toString())) {
        const octets = typeof file === "string" ? bytes(file) : new Uint8Array(file);
        await expectNoneKept(octets, secrets);
      }
      if (key.asymmetricKeyType !== "ec") continue;
      const sec1 = key.export({ format: "der", type: "sec1" });
      for (const file of glue(sec1, key.export({ format: "pem", type: "sec1" }).toString())) {
        const octets = typeof file === "string" ? bytes(file) : new Uint8Array(file);
        await expectNoneKept(octets, secrets);
      }
    }
  });

  test("formats of other programs, containers that are cut off, and bytes that nobody knows", async () => {
    const files: (Uint8Array | string)[] = [
      `PuTTY-User-Key-File-3: ecdsa\nPrivate-Lines: 1\nAAAA`,
      stored("openssl-3.0.p12"),
      stored("openssl-3.0.p12").subarray(0, 900),
      stored("keytool-17-key.jks").subarray(0, 300),
      "whatever this is",
    ];
    for (const file of files) {
      for (const body of bodiesOf(await partsOf(file))) expect(body).toHaveLength(0);
    }
  });

  test("a random key in a random form before, behind or inside of something else", async () => {
    const others = [
      root.der,
      root.der.subarray(0, 300),
      bytes(pem(leaf)),
      bytes(pem(leaf).replace("MII", "M*I")),
      bytes(pem(root) + pem(leaf)),
      encodePkcs7([leaf.der, root.der]),
      encodePkcs7([leaf.der, root.der]).subarray(0, 700),
      bytes(encodePkcs7Pem([leaf.der])),
      bytes("a line of text\n"),
      Uint8Array.of(),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          ...keys.flatMap((key) => formsOf(key).map((form) => ({ form, secrets: key.secrets }))),
        ),
        fc.constantFrom(...others),
        fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
        async ({ form, secrets }, other, share) => {
          const at = Math.round(share * other.length);
          const file = Buffer.concat([other.subarray(0, at), form, other.subarray(at)]);
          await expectNoneKept(new Uint8Array(file), secrets);
        },
      ),
      fuzzParameters(2),
    );
  }, 120_000);

  test("what was a certificate is kept to look at", async () => {
    const file = encodePem("CERTIFICATE", root.der.subarray(0, 200)) + pem(leaf).replace("MII", "M*I");
    const bodies = bodiesOf(await partsOf(file));
    expect(bodies.map(({ length }) => length)).toEqual([200, pem(leaf).trim().length]);
  });
});

test("a signing request and a public key are named for what they are", async () => {
  const spki = encodePem("PUBLIC KEY", leaf.spki);
  expect(told(await partsOf(spki))).toEqual(["note @ PEM block 1: a public key without a certificate"]);
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

  /** Milliseconds of the processor. */
  const costOf = async (file: Uint8Array) => {
    const before = process.cpuUsage();
    await partsOf(file);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  test.each<[string, number[], number[]]>([
    ["blanks and a letter", [0x20], [0x58]],
    ["line breaks and a letter", [0x0a], [0x58]],
    ["elements that are no SEQUENCE", [0x05, 0x00], []],
    ["empty SEQUENCEs with blanks between", [0x30, 0x00, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20], [0x58]],
  ])(
    "an empty SEQUENCE before %s: four times as much takes some four times as long",
    async (_, unit, end) => {
      const file = (size: number) => {
        const octets = Buffer.alloc(size, Buffer.from(unit));
        return new Uint8Array(Buffer.concat([Buffer.of(0x30, 0x81, 0), octets, Buffer.from(end)]));
      };
      const small = await costOf(file(2 << 20));
      const large = await costOf(file(8 << 20));
      // Generous: what is quadratic takes sixteen times as long, and hours.
      expect(large).toBeLessThan(10 * small + 500);
    },
    60_000,
  );

  test("what stands behind a document and is none is told once", async () => {
    const file = Uint8Array.from([
      ...root.der,
      ...new Array(1_000).fill(0x20).flatMap((blank) => [blank, 0x58]),
    ]);
    expect(told(await partsOf(file))).toEqual([
      "certificate @ ",
      `unreadable @ byte ${root.der.length + 1}: It holds no certificate in a format that is read here. Its bytes are not kept: they may hold a private key.`,
    ]);
  });
});
