import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { extensionNode } from "./certificate-extensions.ts";
import {
  buildCertificateSigningRequest,
  parseCertificateSigningRequest,
  verifyProofOfPossession,
} from "./csr.ts";
import {
  bitString,
  context,
  contextPrimitive,
  type DerNode,
  encodeDer,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  setOf,
  utf8String,
} from "./der-writer.ts";
import type { GeneralName } from "./general-name.ts";
import { generateKeyPair } from "./key.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "./key-algorithm.ts";
import { encodeName, formatName, parseName } from "./name.ts";
import { OID } from "./oids.ts";
import { encodePem } from "./pem.ts";
import { signatureAlgorithmFor } from "./signature-algorithm.ts";

const NAMES: GeneralName[] = [
  { type: "dns", value: "api.example" },
  { type: "ip", value: "2001:db8::7" },
  { type: "uri", value: "spiffe://example/api" },
  { type: "email", value: "ops@example.org" },
];

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
const SOUND = buildCertificateSigningRequest({
  subject: parseName("CN=api"),
  names: NAMES,
  privateKey,
  spki,
  algorithm: "ecdsa-p256",
});

/** A signed request with any members. */
function request(
  attributes: DerNode[],
  change: { subject?: DerNode; version?: number; algorithm?: DerNode } = {},
): Uint8Array {
  const {
    subject = encodeName(parseName("CN=api")),
    version = 0,
    algorithm = signatureAlgorithmFor("ecdsa-p256").der,
  } = change;
  const info = encodeDer(sequence(integer(version), subject, spki, context(0, ...attributes)));
  return encodeDer(sequence(info, algorithm, bitString(sign("sha256", info, privateKey))));
}

const extensionRequest = (...extensions: DerNode[]) =>
  sequence(oid(OID.extensionRequest), setOf(sequence(...extensions)));
const alternativeNames = (...names: DerNode[]) =>
  extensionNode(OID.subjectAlternativeName, false, sequence(...names));
const refused = (code: string, rule: string) =>
  expect.objectContaining({ code, violations: [expect.objectContaining({ field: "csr", rule })] });

describe.each(Object.keys(KEY_ALGORITHMS) as KeyAlgorithm[])("a request of %s", (algorithm) => {
  test("is read back as it was built, and proves possession", async () => {
    const key = await generateKeyPair(algorithm);
    const der = buildCertificateSigningRequest({
      subject: parseName("CN=api,O=Example"),
      names: NAMES,
      ...key,
      algorithm,
    });
    const csr = parseCertificateSigningRequest(encodePem("CERTIFICATE REQUEST", der));
    expect(formatName(csr.subject)).toBe("CN=api,O=Example");
    expect(csr).toMatchObject({ keyAlgorithm: algorithm, names: NAMES, unknownAttributes: [] });
    expect(csr.spki).toEqual(key.spki);
    verifyProofOfPossession(csr);
  });
});

test.each([
  ["-newkey", "rsa:2048"],
  ["-newkey", "rsa:2048", "-sigopt", "rsa_padding_mode:pss", "-sha384"],
  ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-sha512"],
  ["-newkey", "ed25519"],
])("a request that openssl made with %j %j is read and verified", (...options) => {
  const args = [
    "req",
    "-new",
    "-nodes",
    "-keyout",
    "/dev/null",
    "-subj",
    "/O=Example/CN=api",
    "-addext",
    "subjectAltName=DNS:api.example,IP:192.0.2.1",
  ];
  const pem = execFileSync("openssl", [...args, ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const csr = parseCertificateSigningRequest(pem);
  verifyProofOfPossession(csr);
  expect(csr.names).toEqual([
    { type: "dns", value: "api.example" },
    { type: "ip", value: "192.0.2.1" },
  ]);
});

test("openssl reads and verifies our requests", () => {
  const output = execFileSync("openssl", ["req", "-inform", "DER", "-verify", "-noout", "-text"], {
    input: SOUND,
    encoding: "utf8",
  });
  expect(output).toContain(
    "DNS:api.example, IP Address:2001:DB8:0:0:0:0:0:7, URI:spiffe://example/api, email:ops@example.org",
  );
});

describe("a request is refused, naming the rule", () => {
  const pem = encodePem("CERTIFICATE REQUEST", SOUND);

  test.each<[string, Uint8Array | string, string]>([
    ["text before the PEM", `hello\n${pem}`, "rfc7468.2.garbage"],
    ["text after the PEM", `${pem}hello`, "rfc7468.2.garbage"],
    ["no PEM at all", "hello", "rfc7468.2.begin"],
    ["an empty field", "", "rfc7468.2.begin"],
    ["a certificate instead", pem.replaceAll("CERTIFICATE REQUEST", "CERTIFICATE"), "rfc7468.7"],
    ["a private key instead", pem.replaceAll("CERTIFICATE REQUEST", "PRIVATE KEY"), "rfc7468.7"],
    ["base64 that is none", pem.replace("\nMI", "\n!!"), "rfc7468.2.base64"],
    ["a PEM that was cut", pem.slice(0, 300), "rfc7468.2.end"],
    ["version 1", request([], { version: 1 }), "rfc2986.4.1"],
    ["an attribute twice", request([extensionRequest(), extensionRequest()]), "rfc2986.4.1.duplicate"],
    [
      "an extension twice",
      request([
        extensionRequest(
          alternativeNames(contextPrimitive(2, "a")),
          alternativeNames(contextPrimitive(2, "b")),
        ),
      ]),
      "rfc5280.4.2.duplicate",
    ],
    [
      "an extension request with two values",
      request([sequence(oid(OID.extensionRequest), setOf(sequence(), sequence(NULL)))]),
      "rfc2985.5.4.2",
    ],
    [
      "a malformed extension",
      request([extensionRequest(extensionNode(OID.keyUsage, true, NULL))]),
      "x690.tag",
    ],
    [
      "NUL in the subject",
      request([], { subject: sequence(setOf(sequence(oid("2.5.4.3"), utf8String("a\0b")))) }),
      "name.characters",
    ],
    [
      "a direction mark in the subject",
      request([], { subject: sequence(setOf(sequence(oid("2.5.4.3"), utf8String("a\u202Eb")))) }),
      "name.characters",
    ],
    [
      "NUL in an alternative name",
      request([extensionRequest(alternativeNames(contextPrimitive(2, "a\0b.example")))]),
      "name.characters",
    ],
    [
      "an alternative name outside ASCII",
      request([extensionRequest(alternativeNames(contextPrimitive(2, Uint8Array.of(0xc3, 0xa4))))]),
      "rfc5280.ia5string",
    ],
    [
      "an alternative name of another form",
      request([extensionRequest(alternativeNames(context(4, encodeName(parseName("CN=a")))))]),
      "csr.name-type",
    ],
    [
      "a SHA-1 signature",
      request([], { algorithm: sequence(oid(OID.ecdsaWithSha1)) }),
      "csr.signature-algorithm",
    ],
    ["data after its end", Uint8Array.of(...SOUND, 0), "x690.trailing"],
  ])("%s", (_, input, rule) => {
    expect(() => parseCertificateSigningRequest(input)).toThrow(refused("malformed", rule));
  });

  test("a file of five megabytes", () => {
    expect(() => parseCertificateSigningRequest("A".repeat(5_000_000))).toThrow(
      refused("tooLarge", "csr.size"),
    );
  });

  test("a thousand names", () => {
    const many = Array.from({ length: 1000 }, (_, index) => contextPrimitive(2, `h${index}.example`));
    expect(() =>
      parseCertificateSigningRequest(request([extensionRequest(alternativeNames(...many))])),
    ).toThrow(refused("tooLarge", "csr.names"));
    expect(
      parseCertificateSigningRequest(request([extensionRequest(alternativeNames(...many))]), {
        maxNames: 1000,
      }).names,
    ).toHaveLength(1000);
  });

  test("a signature by another key (RFC 2986 §4.2)", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const der = buildCertificateSigningRequest({
      subject: [],
      names: NAMES,
      privateKey: other,
      spki,
      algorithm: "ecdsa-p256",
    });
    const csr = parseCertificateSigningRequest(der);
    expect(() => verifyProofOfPossession(csr)).toThrow(refused("malformed", "rfc2986.4.2"));
  });

  test("a key that is no point of its curve", () => {
    const forged = spki.slice();
    forged[40] = (forged[40] as number) ^ 1;
    expect(() => createPublicKey({ key: Buffer.from(forged), format: "der", type: "spki" })).toThrow();
    const der = buildCertificateSigningRequest({
      subject: [],
      names: NAMES,
      privateKey,
      spki: forged,
      algorithm: "ecdsa-p256",
    });
    const csr = parseCertificateSigningRequest(der);
    expect(() => verifyProofOfPossession(csr)).toThrow(refused("malformed", "rfc5280.4.1.2.7"));
  });
});

test("a 512-bit key is recognised, so that whoever issues can refuse it by name", () => {
  const short = generateKeyPairSync("rsa", { modulusLength: 512 });
  const shortSpki = new Uint8Array(short.publicKey.export({ format: "der", type: "spki" }));
  const der = buildCertificateSigningRequest({
    subject: [],
    names: NAMES,
    privateKey: short.privateKey,
    spki: shortSpki,
    algorithm: "rsa-2048",
  });
  expect(parseCertificateSigningRequest(der)).toMatchObject({
    keyAlgorithm: null,
    key: { label: "RSA 512" },
  });
});

test("attributes and critical extensions that we do not know are reported, not swallowed", () => {
  const der = request([
    sequence(oid(OID.challengePassword), setOf(utf8String("secret"))),
    sequence(oid("1.3.6.1.4.1.311.13.2.3"), setOf(utf8String("10.0"))),
    extensionRequest(
      alternativeNames(contextPrimitive(2, "api.example")),
      extensionNode("1.2.3.4", true, octetString(Uint8Array.of(1))),
      extensionNode("1.2.3.5", false, octetString(Uint8Array.of(1))),
    ),
  ]);
  const csr = parseCertificateSigningRequest(der);
  expect(csr.unknownAttributes).toEqual([OID.challengePassword, "1.3.6.1.4.1.311.13.2.3", "1.2.3.4"]);
  expect(csr.requestedExtensions.map(({ name }) => name)).toEqual([
    "subjectAlternativeName",
    "1.2.3.4",
    "1.2.3.5",
  ]);
});
