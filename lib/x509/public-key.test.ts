import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readDer } from "./der-reader.ts";
import { bitString, encodeDer, integer, NULL, oid, sequence } from "./der-writer.ts";
import { generateKeyPair, publicKeyOf, signTbs, verifySignature } from "./key.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "./key-algorithm.ts";
import { OID } from "./oids.ts";
import { inspectPublicKey } from "./public-key.ts";
import {
  readSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithmFor,
} from "./signature-algorithm.ts";

const ALGORITHMS = Object.keys(KEY_ALGORITHMS) as KeyAlgorithm[];

describe.each(ALGORITHMS)("%s", (algorithm) => {
  test("is made, recognised, and its signatures verify and only over what was signed", async () => {
    const { privateKey, spki } = await generateKeyPair(algorithm);
    expect(inspectPublicKey(spki)).toEqual({
      algorithm,
      label: KEY_ALGORITHMS[algorithm].label,
      bits: KEY_ALGORITHMS[algorithm].bits,
    });
    expect(publicKeyOf(privateKey)).toEqual(spki);
    const data = new TextEncoder().encode("to be signed");
    const signature = signTbs(data, privateKey, algorithm);
    const identifier = readDer(signatureAlgorithmFor(algorithm).der, "algorithm");
    const known = readSignatureAlgorithm(identifier, "algorithm") as SignatureAlgorithm;
    expect(known.weak).toBe(false);
    expect(verifySignature(known, spki, data, signature)).toBe(true);
    expect(verifySignature(known, spki, data.subarray(1), signature)).toBe(false);
  });
});

test("ML-DSA is marked as what it is", () => {
  for (const { family, postQuantum, note } of Object.values(KEY_ALGORITHMS)) {
    expect(postQuantum).toBe(family === "ml-dsa");
    if (postQuantum) expect(note).toBe("post-quantum: no current proxy accepts it");
  }
});

const exported = (type: string, options: object) =>
  (
    generateKeyPairSync as (
      type: string,
      options: object,
    ) => { publicKey: { export(options: object): Buffer } }
  )(type, options).publicKey.export({ format: "der", type: "spki" });

function rsaKey(modulus: Uint8Array, exponent: number): Uint8Array {
  return encodeDer(
    sequence(
      sequence(oid(OID.rsaEncryption), NULL),
      bitString(sequence(integer(modulus), integer(exponent))),
    ),
  );
}

const MODULUS = new Uint8Array(256).fill(0xff);

describe("a key that we do not issue for is refused by name", () => {
  test.each([
    ["RSA 512", exported("rsa", { modulusLength: 512 }), /too short/],
    ["RSA 1024", exported("rsa", { modulusLength: 1024 }), /too short/],
    ["RSA 2560", rsaKey(new Uint8Array(320).fill(0xff), 65537), /unusual size/],
    ["RSA 8192", rsaKey(new Uint8Array(1024).fill(0xff), 65537), /longer than 4096/],
    ["RSA 2048", rsaKey(MODULUS, 3), /below 65537/],
    ["RSA 2048", rsaKey(MODULUS, 65538), /even public exponent/],
    ["RSA 2048", rsaKey(new Uint8Array(256).fill(0xfe), 65537), /even modulus/],
    ["ECDSA P-521", exported("ec", { namedCurve: "P-521" }), /unsupported curve/],
    ["ECDSA secp256k1", exported("ec", { namedCurve: "secp256k1" }), /unsupported curve/],
    ["Ed448", exported("ed448", {}), /not offered/],
    ["X25519", exported("x25519", {}), /not offered/],
    ["DSA", exported("dsa", { modulusLength: 1024, divisorLength: 160 }), /not offered/],
  ])("%s", (label, spki, weakness) => {
    expect(inspectPublicKey(new Uint8Array(spki))).toMatchObject({
      algorithm: null,
      label,
      weakness: expect.stringMatching(weakness),
    });
  });

  test("a compressed point", () => {
    const sound = exported("ec", { namedCurve: "P-256" });
    const compressed = encodeDer(
      sequence(
        sequence(oid(OID.ecPublicKey), oid(OID.p256)),
        bitString(Uint8Array.of(2, ...sound.subarray(27, 59))),
      ),
    );
    expect(inspectPublicKey(compressed)).toMatchObject({
      algorithm: null,
      weakness: expect.stringMatching(/uncompressed/),
    });
  });
});
