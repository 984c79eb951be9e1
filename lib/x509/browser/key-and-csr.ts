import { requestInfo, signedRequest } from "../csr-writer.ts";
import { encodeDer, integer, sequence } from "../der-writer.ts";
import type { GeneralName } from "../general-name.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "../key-algorithm.ts";
import type { Name } from "../name.ts";

/** The kinds of key that WebCrypto makes; ML-DSA is none of them yet. */
export type BrowserKeyAlgorithm = Exclude<KeyAlgorithm, `ml-dsa-${number}`>;

interface Parameters {
  generate: RsaHashedKeyGenParams | EcKeyGenParams | Algorithm;
  sign: AlgorithmIdentifier | EcdsaParams;
}

function parametersOf(algorithm: BrowserKeyAlgorithm): Parameters {
  const { family, bits } = KEY_ALGORITHMS[algorithm];
  if (family === "ec") {
    return {
      generate: { name: "ECDSA", namedCurve: `P-${bits}` },
      sign: { name: "ECDSA", hash: `SHA-${bits}` },
    };
  }
  if (family === "rsa") {
    const name = "RSASSA-PKCS1-v1_5";
    const publicExponent = Uint8Array.of(1, 0, 1);
    return { generate: { name, modulusLength: bits, publicExponent, hash: "SHA-256" }, sign: name };
  }
  return { generate: { name: "Ed25519" }, sign: "Ed25519" };
}

/**
 * Makes a key pair and a certificate signing request with WebCrypto, in the page that calls it. The private
 * key goes nowhere but to the caller. Browsers offer this on https and on localhost only, and older ones
 * know no Ed25519: then WebCrypto's NotSupportedError comes through.
 *
 * @returns DER of the PKCS#8 private key and of the PKCS#10 request
 * @throws DomainError malformed when the subject has characters or lengths that no name may have
 */
export async function makeKeyAndCsr(input: {
  algorithm: BrowserKeyAlgorithm;
  subject: Name;
  names: readonly GeneralName[];
}): Promise<{ privateKeyPkcs8: Uint8Array<ArrayBuffer>; csrDer: Uint8Array<ArrayBuffer> }> {
  const { algorithm, subject, names } = input;
  const { generate, sign } = parametersOf(algorithm);
  const pair = (await crypto.subtle.generateKey(generate, true, ["sign", "verify"])) as CryptoKeyPair;
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const privateKeyPkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const info = requestInfo({ subject, names, spki });
  const raw = new Uint8Array(await crypto.subtle.sign(sign, pair.privateKey, info));
  const signature = KEY_ALGORITHMS[algorithm].family === "ec" ? ecdsaSignature(raw) : raw;
  return { privateKeyPkcs8, csrDer: signedRequest(info, algorithm, signature) };
}

/** WebCrypto gives r and s side by side (IEEE P1363); X.509 wants them as a SEQUENCE (RFC 3279 §2.2.3). */
function ecdsaSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return encodeDer(sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half))));
}
