import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { Signer } from "#lib/authority/signer.ts";
import { newId } from "#lib/id.ts";
import type { MasterKey } from "#lib/master-key.ts";
import { generateKeyPair, signTbs } from "#lib/x509/key.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/** Keys of authorities and of their OCSP responders at rest: PKCS#8, sealed under the master key, bound to their row. */

/** A row of AuthorityKey, ready to be written. */
export interface AuthorityKeyRow {
  id: string;
  algorithm: KeyAlgorithm;
  location: "sealed";
  sealed: Uint8Array<ArrayBuffer>;
  spki: Uint8Array<ArrayBuffer>;
  createdAt: Date;
}

/**
 * Makes a new key.
 *
 * @param algorithm which kind
 * @param now whole seconds, recorded as the time of making
 */
export async function makeKey(
  masterKey: MasterKey,
  algorithm: KeyAlgorithm,
  now: Date,
): Promise<AuthorityKeyRow> {
  const { privateKey } = await generateKeyPair(algorithm);
  return sealKey(masterKey, privateKey, algorithm, now);
}

/** Seals a key that came from elsewhere, or was just made. */
export function sealKey(
  masterKey: MasterKey,
  privateKey: KeyObject,
  algorithm: KeyAlgorithm,
  now: Date,
): AuthorityKeyRow {
  const id = newId();
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  return {
    id,
    algorithm,
    location: "sealed",
    sealed: masterKey.seal(pkcs8, boundTo(id)),
    spki: new Uint8Array(createPublicKey(privateKey).export({ format: "der", type: "spki" })),
    createdAt: now,
  };
}

/**
 * Opens a key for signing.
 *
 * @param row as read from the database
 * @throws Error when the row was altered or sealed under another master key
 */
export function openSigner(
  masterKey: MasterKey,
  row: { id: string; algorithm: string; sealed: Uint8Array; spki: Uint8Array },
): Signer {
  const algorithm = row.algorithm as KeyAlgorithm; // written by makeKey and sealKey only
  return signerWith(masterKey.open(row.sealed, boundTo(row.id)), algorithm, row.spki);
}

/** The kind of key with which OCSP answers are signed: small and quick, whatever the authority's own is. */
const RESPONDER_ALGORITHM: KeyAlgorithm = "ecdsa-p256";

/** A new key for the OCSP responder of an authority. */
export interface ResponderKey {
  sealedKey: Uint8Array<ArrayBuffer>;
  /** DER SubjectPublicKeyInfo. */
  spki: Uint8Array;
  algorithm: KeyAlgorithm;
}

/** Makes a key with which OCSP answers of an authority are signed (RFC 6960 §4.2.2.2). */
export async function makeResponderKey(masterKey: MasterKey, authorityId: string): Promise<ResponderKey> {
  const { privateKey, spki } = await generateKeyPair(RESPONDER_ALGORITHM);
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  return {
    sealedKey: masterKey.seal(pkcs8, boundToResponder(authorityId)),
    spki,
    algorithm: RESPONDER_ALGORITHM,
  };
}

/**
 * Opens the key of an OCSP responder for signing.
 *
 * @param spki from its certificate
 * @throws Error when the row was altered or sealed under another master key
 */
export function openResponderSigner(
  masterKey: MasterKey,
  row: { authorityId: string; sealedKey: Uint8Array; spki: Uint8Array },
): Signer {
  const pkcs8 = masterKey.open(row.sealedKey, boundToResponder(row.authorityId));
  return signerWith(pkcs8, RESPONDER_ALGORITHM, row.spki);
}

function signerWith(pkcs8: Uint8Array, algorithm: KeyAlgorithm, spki: Uint8Array): Signer {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  return { algorithm, spki, sign: (toBeSigned) => signTbs(toBeSigned, privateKey, algorithm) };
}

const boundTo = (id: string) => `authority-key:${id}`;
const boundToResponder = (authorityId: string) => `ocsp-responder-key:${authorityId}`;
