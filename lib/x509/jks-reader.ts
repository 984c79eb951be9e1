import { hash, timingSafeEqual } from "node:crypto";
import { malformed } from "../errors.ts";

/**
 * What the key stores of Java hold (`JavaKeyStore` and `JceKeyStore` of OpenJDK): a magic number, a
 * version, entries, and a SHA-1 digest over a password and all of it. Certificates stand in them in plain;
 * private keys are encrypted and stepped over.
 */
export interface KeyStoreContent {
  kind: "JKS" | "JCEKS";
  certificates: {
    /** What the store calls the entry. */
    alias: string;
    der: Uint8Array;
  }[];
  /** Entries with a private or secret key; none of them was looked at. */
  keys: number;
  /** Whether the digest was compared: without a password it cannot be. */
  integrity: "checked" | "unchecked";
  /** Why it was not read to its end, as a sentence; null when it was. */
  incomplete: string | null;
}

const MAGIC_JKS = 0xfeedfeed;
const MAGIC_JCEKS = 0xcececece;
const DIGEST_OCTETS = 20;

const ENTRY = { privateKey: 1, certificate: 2, secretKey: 3 } as const;

/** Whether octets begin like a key store of Java. */
export function looksLikeKeyStore(octets: Uint8Array): boolean {
  if (octets.length < 12) return false;
  const magic = new DataView(octets.buffer, octets.byteOffset).getUint32(0);
  return magic === MAGIC_JKS || magic === MAGIC_JCEKS;
}

/**
 * Reads the certificates of a key store: trusted certificates, and the chains beside private keys.
 *
 * @param password null: the digest is not checked
 * @param field the input field that errors name; a wrong password is an error of the field `password`
 * @throws DomainError malformed when it is no key store, or the password is not the one of its digest
 */
export function decodeKeyStore(
  octets: Uint8Array,
  password: string | null,
  field = "key store",
): KeyStoreContent {
  if (!looksLikeKeyStore(octets)) throw malformed(field, "jks.magic", `The ${field} is not one of Java.`);
  const cursor = new Cursor(octets.subarray(0, -DIGEST_OCTETS));
  const kind = cursor.uint32() === MAGIC_JKS ? "JKS" : "JCEKS";
  const version = cursor.uint32();
  if (version !== 1 && version !== 2) {
    throw malformed(field, "jks.version", `The ${field} has the version ${version}; 1 and 2 are read.`);
  }
  if (password !== null) checkDigest(octets, password);
  const content: KeyStoreContent = {
    kind,
    certificates: [],
    keys: 0,
    integrity: password === null ? "unchecked" : "checked",
    incomplete: null,
  };
  const entries = cursor.uint32();
  for (let entry = 0; entry < entries; entry++) {
    if (!readEntry(cursor, version, content)) break;
  }
  return content;
}

/** @returns whether another entry may follow */
function readEntry(cursor: Cursor, version: number, content: KeyStoreContent): boolean {
  const type = cursor.uint32();
  const alias = cursor.text();
  cursor.skip(8); // when it was made
  if (type === ENTRY.certificate) {
    readCertificate(cursor, version, alias, content);
  } else if (type === ENTRY.privateKey) {
    content.keys++;
    cursor.skip(cursor.uint32());
    for (let left = cursor.uint32(); left > 0 && !cursor.failed; left--) {
      readCertificate(cursor, version, alias, content);
    }
  } else if (type === ENTRY.secretKey) {
    content.keys++;
    findCertificates(cursor, content);
    return false;
  } else cursor.failed = true;
  if (cursor.failed) content.incomplete = CUT;
  return !cursor.failed;
}

function readCertificate(cursor: Cursor, version: number, alias: string, content: KeyStoreContent): void {
  if (version === 2) cursor.text(); // "X.509", as there is nothing else
  const der = cursor.octets(cursor.uint32());
  if (der !== null) content.certificates.push({ alias, der });
}

const CUT = "The key store is cut off or damaged; only what stands before that place was read.";

/** The type of a certificate, as it stands before its length: a UTF-8 text with its length. */
const X509 = Buffer.from("\0\x05X.509", "latin1");

/**
 * A secret key is a serialized object of Java without a length. What stands behind it is found by looking
 * for the type before each certificate.
 */
function findCertificates(cursor: Cursor, content: KeyStoreContent): void {
  for (;;) {
    const at = cursor.find(X509);
    if (at < 0) return;
    cursor.at = at + X509.length;
    const der = cursor.octets(cursor.uint32());
    if (der !== null && der[0] === 0x30) content.certificates.push({ alias: "behind a secret key", der });
    else cursor.resume(at + X509.length);
  }
}

/** SHA-1 over the password in UTF-16, a greeting of its authors, and the store. */
function checkDigest(octets: Uint8Array, password: string): void {
  const utf16 = Buffer.from(password, "utf16le").swap16();
  const digest = hash(
    "sha1",
    Buffer.concat([utf16, Buffer.from("Mighty Aphrodite"), octets.subarray(0, -DIGEST_OCTETS)]),
    "buffer",
  );
  if (timingSafeEqual(digest, octets.subarray(-DIGEST_OCTETS))) return;
  throw malformed(
    "password",
    "jks.password",
    "The password is not the one of the key store, or the store is damaged.",
  );
}

/** Takes numbers and texts one after the other; beyond the end it fails and gives nothing more. */
class Cursor {
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  at = 0;
  failed = false;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  }

  skip(count: number): void {
    this.octets(count);
  }

  uint32(): number {
    const at = this.at;
    return this.octets(4) === null ? 0 : this.#view.getUint32(at);
  }

  octets(count: number): Uint8Array | null {
    if (this.failed || count > this.#octets.length - this.at) {
      this.failed = true;
      return null;
    }
    const taken = this.#octets.subarray(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  /** Two octets of length and UTF-8 (Java writes NUL and what lies beyond U+FFFF its own way). */
  text(): string {
    const length = this.octets(2);
    if (length === null) return "";
    const octets = this.octets((length[0] as number) * 256 + (length[1] as number));
    return octets === null ? "" : new TextDecoder().decode(octets);
  }

  find(pattern: Uint8Array): number {
    const { buffer, byteOffset, length } = this.#octets;
    return Buffer.from(buffer, byteOffset, length).indexOf(pattern, this.at);
  }

  /** Goes on after a failure. */
  resume(at: number): void {
    this.at = at;
    this.failed = false;
  }
}
