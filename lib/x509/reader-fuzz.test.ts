import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { readBer } from "./ber-reader.ts";
import { parseCertificate } from "./certificate-reader.ts";
import {
  buildCertificateSigningRequest,
  parseCertificateSigningRequest,
  verifyProofOfPossession,
} from "./csr.ts";
import { readDer } from "./der-reader.ts";
import { type DerNode, element, encodeDer } from "./der-writer.ts";
import { generateKeyPair } from "./key.ts";
import { lintCertificate } from "./lint.ts";
import { decodeName, encodeName, formatName, type Name, namesEqual, parseName } from "./name.ts";
import { decodePem, encodePem } from "./pem.ts";
import { decodePkcs12 } from "./pkcs12-reader.ts";
import { readPrivateKey } from "./private-key.ts";
import { fuzzParameters, mutated } from "./testdata/fuzz.ts";
import { testAuthority, testLeaf } from "./testdata/issue.ts";

/** No input of these sizes may cost more than this; usual ones cost microseconds. */
const LIMIT_MS = 5000;

/** Only a DomainError may come out, and soon. */
function onlyDomainErrors(read: () => unknown): void {
  const start = performance.now();
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
  }
  expect(performance.now() - start).toBeLessThan(LIMIT_MS);
}

/** Trees of elements with any tags, as a hostile sender would write them. */
const derTree: fc.Arbitrary<Uint8Array> = fc
  .letrec<{ node: DerNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 6, depthSize: "small" },
      fc
        .tuple(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 40 }))
        .map(([tag, bytes]) => element(tag, bytes)),
      fc
        .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa1, 0xa3, 0x04), fc.array(tie("node"), { maxLength: 6 }))
        .map(([tag, nodes]) => element(tag, nodes)),
    ),
  }))
  .node.map(encodeDer);

let certificate: Uint8Array;
let request: Uint8Array;
const pkcs12 = readFileSync(new URL("./testdata/openssl-3.0.p12", import.meta.url));

beforeAll(async () => {
  const root = await testAuthority();
  const constrained = await testAuthority(
    {
      extensions: {
        nameConstraints: {
          permitted: [{ type: "dns", value: "example" }],
          excluded: [{ type: "ip", value: "10.0.0.0/8" }],
        },
        crlDistributionPoints: ["http://ca.example/a.crl"],
        authorityInfoAccess: { ocsp: ["http://ca.example/ocsp"], caIssuers: ["http://ca.example/a.crt"] },
        certificatePolicies: ["2.5.29.32.0"],
      },
    },
    root,
  );
  certificate = constrained.der;
  const { privateKey, spki } = await generateKeyPair("ecdsa-p256");
  const subject = (await testLeaf(root)).subject;
  const names = [{ type: "dns", value: "api.example" } as const];
  request = buildCertificateSigningRequest({ subject, names, privateKey, spki, algorithm: "ecdsa-p256" });
});

describe("whatever comes, a reader answers with a DomainError in bounded time", () => {
  test("DER", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), derTree), (bytes) =>
        onlyDomainErrors(() => readDer(bytes, "der")),
      ),
      fuzzParameters(),
    );
  });

  test("BER", () => {
    const nss = readFileSync(new URL("./testdata/nss-3.87.p12", import.meta.url));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), derTree, mutated(nss)), (bytes) =>
        onlyDomainErrors(() => readBer(bytes, "ber")),
      ),
      fuzzParameters(),
    );
  });

  test("certificates, and their lint never throws", () => {
    const input = fc.oneof(fc.uint8Array({ maxLength: 300 }), derTree, mutated(certificate));
    fc.assert(
      fc.property(input, (bytes) => {
        onlyDomainErrors(() => parseCertificate(bytes));
        expect(Array.isArray(lintCertificate(bytes))).toBe(true);
      }),
      fuzzParameters(2),
    );
  });

  test("certificate signing requests", () => {
    const input = fc.oneof(fc.uint8Array({ maxLength: 300 }), derTree, mutated(request));
    fc.assert(
      fc.property(input, (bytes) =>
        onlyDomainErrors(() => verifyProofOfPossession(parseCertificateSigningRequest(bytes))),
      ),
      fuzzParameters(2),
    );
  });

  test("an altered request never passes for the sound one", () => {
    fc.assert(
      fc.property(mutated(request), (bytes) => {
        onlyDomainErrors(() => {
          const csr = parseCertificateSigningRequest(bytes);
          verifyProofOfPossession(csr);
          const sound = parseCertificateSigningRequest(request);
          expect(csr.info).toEqual(sound.info);
        });
      }),
      fuzzParameters(),
    );
  });

  test("PEM", () => {
    const piece = fc.constantFrom(
      "-----BEGIN ",
      "-----END ",
      "-----",
      "CERTIFICATE",
      "\n",
      "\r\n",
      "=",
      "AAAA",
      " ",
      "é",
    );
    const text = fc
      .array(fc.oneof(piece, fc.string({ maxLength: 10 })), { maxLength: 40 })
      .map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, fc.boolean(), (pem, allowComments) => {
        onlyDomainErrors(() => decodePem(pem, { field: "pem", allowComments }));
        onlyDomainErrors(() => parseCertificateSigningRequest(pem));
        onlyDomainErrors(() => readPrivateKey(pem, "password"));
      }),
      fuzzParameters(),
    );
  });

  test("names in DER and in text", () => {
    const name: Name = parseName("CN=edge-7+UID=4,OU=a\\,b,DC=example,C=DE");
    fc.assert(
      fc.property(fc.oneof(mutated(encodeName(name)), derTree), (bytes) => {
        onlyDomainErrors(() => formatName(decodeName(bytes)));
      }),
      fuzzParameters(),
    );
    const piece = fc.constantFrom(
      "CN",
      "O",
      "=",
      ",",
      "+",
      "\\",
      "\\,",
      "#",
      "0c01",
      "1.2.3",
      " ",
      "\u202e",
      "\0",
      "ä",
      '"',
      "\\c3\\a4",
    );
    const text = fc.array(fc.oneof(piece, fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 30 });
    fc.assert(
      fc.property(text, (pieces) => onlyDomainErrors(() => encodeName(parseName(pieces.join(""))))),
      fuzzParameters(2),
    );
  });

  test("PKCS#12", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(pkcs12), derTree), async (bytes) => {
        // Mutations may ask for up to the allowed two million iterations, so no time is asserted.
        const failure = await decodePkcs12(bytes, "secret").then(
          () => null,
          (error: unknown) => error,
        );
        if (failure !== null) expect(failure).toBeInstanceOf(DomainError);
      }),
      fuzzParameters(0.5),
    );
  }, 120_000);

  test("a private key", async () => {
    const { privateKey } = await generateKeyPair("ecdsa-p256");
    const sound = new Uint8Array(privateKey.export({ format: "der", type: "pkcs8" }));
    fc.assert(
      fc.property(mutated(sound), (bytes) => onlyDomainErrors(() => readPrivateKey(bytes))),
      fuzzParameters(),
    );
  });
});

describe("what is written is read back as it was", () => {
  const value = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((text) => !/[\p{C}\p{Zl}\p{Zp}\u00ad]/u.test(text));
  const attribute = fc.record({ type: fc.constantFrom("2.5.4.3", "2.5.4.10", "2.5.4.11", "1.2.3.4"), value });
  const name = fc.array(fc.array(attribute, { minLength: 1, maxLength: 2 }), { maxLength: 5 });

  test("names through DER, names of known types through RFC 4514 text", () => {
    fc.assert(
      fc.property(name, (written) => {
        const read = decodeName(encodeName(written));
        expect(namesEqual(read, written)).toBe(true);
        expect(encodeName(read)).toEqual(encodeName(written));
        expect(namesEqual(parseName(formatName(read)), read)).toBe(true);
      }),
      fuzzParameters(),
    );
  });

  test("PEM of any bytes, also several and with comments between", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 4 }),
        (blobs) => {
          const text = blobs.map((blob) => `# one\n${encodePem("CERTIFICATE", blob)}`).join("");
          const read = decodePem(text, { field: "pem", allowComments: true });
          expect(read.map(({ der }) => [...der])).toEqual(blobs.map((blob) => [...blob]));
        },
      ),
      fuzzParameters(),
    );
  });
});

describe("hostile sizes", () => {
  test.each([
    ["a million openings of PEM", () => decodePem("-----BEGIN ".repeat(100_000), { field: "pem" })],
    [
      "a million BEGIN lines",
      () => decodePem("-----BEGIN A-----\n".repeat(60_000), { field: "pem", allowComments: true }),
    ],
    ["sequences nested a hundred thousand deep", () => readDer(new Uint8Array(200_000).fill(0x30), "der")],
    [
      "a megabyte of NULLs",
      () =>
        readDer(
          encodeDer(
            element(
              0x30,
              new Uint8Array(1_000_000).map((_, i) => (i % 2 ? 0 : 5)),
            ),
          ),
          "der",
        ),
    ],
    ["a name of eight thousand plus signs", () => parseName("CN=a+".repeat(1600))],
    ["a name of backslashes", () => parseName(`CN=${"\\c3\\a4".repeat(1300)}`)],
    ["five megabytes of request", () => parseCertificateSigningRequest(new Uint8Array(5_000_000).fill(0x30))],
  ])("%s", (_, read) => {
    onlyDomainErrors(read);
  });
});
