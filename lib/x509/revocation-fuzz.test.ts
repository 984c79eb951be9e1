import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { keyIdentifier } from "./certificate.ts";
import { readCrl, verifyCrl } from "./crl-reader.ts";
import { type DerNode, element, encodeDer } from "./der-writer.ts";
import { signTbs } from "./key.ts";
import { encodeName } from "./name.ts";
import { encodeCertId } from "./ocsp-cert-id.ts";
import { readOcspRequest } from "./ocsp-request.ts";
import { encodeOcspRequest } from "./ocsp-request-writer.ts";
import { assembleOcspResponse, encodeResponseData } from "./ocsp-response.ts";
import { checkOcspAnswer } from "./ocsp-response-check.ts";
import { readOcspResponse } from "./ocsp-response-reader.ts";
import { encodePem } from "./pem.ts";
import { fuzzParameters, mutated } from "./testdata/fuzz.ts";
import { type TestIdentity, testAuthority, testLeaf } from "./testdata/issue.ts";
import { testCrl } from "./testdata/revoke.ts";

/** No input of these sizes may cost more than this; usual ones cost microseconds. */
const LIMIT_MS = 5000;

/** Only a DomainError may come out, and soon. @returns whether the input was read to its end */
function onlyDomainErrors(read: () => unknown): boolean {
  const start = performance.now();
  let isRead = true;
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    isRead = false;
  }
  expect(performance.now() - start).toBeLessThan(LIMIT_MS);
  return isRead;
}

let issuer: TestIdentity;
let crl: Uint8Array;
let request: Uint8Array;
let response: Uint8Array;

beforeAll(async () => {
  issuer = await testAuthority();
  const now = new Date();
  crl = testCrl(issuer, {
    entries: [
      { serial: "4fa017", revokedAt: now, reason: "keyCompromise", invalidAt: null },
      { serial: "ff".repeat(20), revokedAt: now, reason: "unspecified", invalidAt: null },
      { serial: "01", revokedAt: now, reason: "certificateHold", invalidAt: now },
    ],
  });
  const named = { subject: encodeName(issuer.subject), spki: issuer.spki };
  const certIds = [encodeCertId(named, "4fa017", "sha1"), encodeCertId(named, "80", "sha256")];
  const nonce = new Uint8Array(randomBytes(32));
  request = encodeOcspRequest(certIds, nonce);
  const delegate = await testLeaf(issuer, { extensions: { extendedKeyUsage: ["ocspSigning"] } });
  const data = encodeResponseData({
    responderKeyHash: keyIdentifier(delegate.spki),
    producedAt: now,
    responses: certIds.map((certId, at) => ({
      certId,
      status: at === 0 ? { kind: "revoked", at: now, reason: "superseded" } : { kind: "good" },
      thisUpdate: now,
      nextUpdate: now,
    })),
    nonce,
  });
  const signature = signTbs(data, delegate.privateKey, delegate.algorithm);
  response = assembleOcspResponse(data, delegate.algorithm, signature, [delegate.der]);
});

function readWholeCrl(octets: Uint8Array): void {
  const read = readCrl(octets);
  for (const { serial } of read.entries()) expect(serial).not.toBe("");
  verifyCrl(read, issuer.spki);
}

function readWholeResponse(octets: Uint8Array): void {
  const read = readOcspResponse(octets);
  if (read.status !== "successful") return;
  checkOcspAnswer(read.answer, { subject: encodeName(issuer.subject), spki: issuer.spki }, new Date());
}

const READERS = [
  ["a CRL", readWholeCrl, () => crl],
  ["an OCSP request", readOcspRequest, () => request],
  ["an OCSP response", readWholeResponse, () => response],
] as const;

/** Trees of elements with the tags that CRLs and OCSP use, as a hostile sender would write them. */
const derTree: fc.Arbitrary<Uint8Array> = fc
  .letrec<{ node: DerNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 7, depthSize: "small" },
      fc
        .tuple(
          fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x17, 0x18, 0x80, 0x82),
          fc.uint8Array({ maxLength: 24 }),
        )
        .map(([tag, bytes]) => element(tag, bytes)),
      fc
        .tuple(fc.constantFrom(0x30, 0xa0, 0xa1, 0xa2, 0x04), fc.array(tie("node"), { maxLength: 6 }))
        .map(([tag, nodes]) => element(tag, nodes)),
    ),
  }))
  .node.map(encodeDer);

describe.each(READERS)(
  "whatever comes instead of %s, a DomainError answers in bounded time",
  (_, read, sound) => {
    test("the sound one is read", () => {
      expect(onlyDomainErrors(() => read(sound()))).toBe(true);
    });

    test("random octets and random trees", () => {
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), derTree), (octets) => {
          onlyDomainErrors(() => read(octets));
        }),
        fuzzParameters(),
      );
    });

    test("a sound one with some octets changed, dropped, doubled or cut off", () => {
      fc.assert(
        fc.property(mutated(sound()), (octets) => {
          onlyDomainErrors(() => read(octets));
        }),
        fuzzParameters(3),
      );
    });

    test("a sound one with one octet changed, each in its turn", () => {
      const octets = new Uint8Array(sound());
      for (let at = 0; at < octets.length; at++) {
        const before = octets[at] as number;
        for (const bit of [0x01, 0x20, 0x80]) {
          octets[at] = before ^ bit;
          onlyDomainErrors(() => read(octets));
        }
        octets[at] = before;
      }
    });

    test("a sound one cut off after each octet", () => {
      for (let length = 0; length < sound().length; length++) {
        expect(onlyDomainErrors(() => read(sound().subarray(0, length)))).toBe(false);
      }
    });

    test.each<[string, () => Uint8Array]>([
      [
        "sequences nested a hundred thousand deep, all lengths wrong",
        () => new Uint8Array(200_000).fill(0x30),
      ],
      ["sequences nested deep with right lengths", () => nested(0x30, 2000)],
      ["context tags nested deep with right lengths", () => nested(0xa0, 2000)],
      ["a length of four gigabytes", () => Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0)],
      ["a length of 126 octets", () => new Uint8Array(200).fill(0xff).fill(0x30, 0, 1)],
      ["a megabyte of NULLs in a sequence", () => encodeDer(element(0x30, pairs(500_000, 0x05, 0)))],
      ["a megabyte of empty sequences", () => encodeDer(element(0x30, pairs(500_000, 0x30, 0)))],
      ["a megabyte of zeros", () => new Uint8Array(1 << 20)],
      ["a million openings of PEM", () => new TextEncoder().encode("-----BEGIN ".repeat(100_000))],
      ["PEM of nothing", () => new TextEncoder().encode(encodePem("X509 CRL", Uint8Array.of(0)))],
    ])("%s", (_name, octets) => {
      expect(onlyDomainErrors(() => read(octets()))).toBe(false);
    });
  },
);

function nested(tag: number, depth: number): Uint8Array {
  let node: DerNode = new Uint8Array();
  for (let level = 0; level < depth; level++) node = encodeDer(element(tag, [node]));
  return encodeDer(node);
}

function pairs(count: number, ...pair: [number, number]): Uint8Array {
  return new Uint8Array(2 * count).map((_, index) => pair[index % 2] as number);
}

test("an altered CRL is never verified, but for what is not signed", () => {
  const sound = readCrl(crl);
  fc.assert(
    fc.property(mutated(crl), (octets) => {
      onlyDomainErrors(() => {
        const read = readCrl(octets);
        if (verifyCrl(read, issuer.spki)) expect(read.tbs).toEqual(sound.tbs);
      });
    }),
    fuzzParameters(),
  );
});

test("an entry with millions of elements inside is refused before they are looked at", () => {
  const many = encodeDer(element(0x30, [element(0x30, pairs(1_000_000, 0x05, 0))]));
  const list = [Uint8Array.of(0x30, 0), Uint8Array.of(0x30, 0), element(0x17, "260101000000Z"), many];
  const octets = encodeDer(
    element(0x30, [element(0x30, list), Uint8Array.of(0x30, 0), Uint8Array.of(3, 1, 0)]),
  );
  expect(onlyDomainErrors(() => readWholeCrl(octets))).toBe(false);
});
