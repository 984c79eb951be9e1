import { createHmac, createPrivateKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { type DomainError, malformed } from "../errors.ts";
import { readBer } from "./ber-reader.ts";
import { parseCertificate } from "./certificate-reader.ts";
import type { DerLimits, DerValue } from "./der-reader.ts";
import { compareBytes, TAG } from "./der-writer.ts";
import { publicKeyOf } from "./key.ts";
import { OID } from "./oids.ts";
import { decryptContent, digestByOid, IterationBudget, saltOf } from "./pkcs12-decryption.ts";
import { DERIVE, derivePkcs12Key } from "./pkcs12-key.ts";

/** What a PKCS#12 file holds. */
export interface Pkcs12Content {
  privateKey: KeyObject;
  /** DER certificates; the one that belongs to the key first, the others as they stand. */
  certificates: Uint8Array[];
  /** What the file calls the key, when it does. */
  friendlyName: string | null;
}

/** A bag's kind, its content and the friendly name beside it. */
interface Bag {
  type: string;
  content: DerValue;
  friendlyName: string | null;
}

/**
 * Reads a PKCS#12 file with exactly one private key (RFC 7292). PBES2 with AES, and 3DES as OpenSSL 1.x and
 * old Windows wrote it, are read; RC2 is not.
 *
 * @param field the input field of the file; a wrong password is an error of the field `password`
 * @throws DomainError malformed; tooLarge beyond 1 MiB or 2,000,000 iterations
 */
export async function decodePkcs12(
  der: Uint8Array,
  password: string,
  field = "pkcs12",
): Promise<Pkcs12Content> {
  const budget = new IterationBudget(field);
  const bags = await readBags(der, password, field, budget);
  const keys = bags.filter(({ type }) => type === OID.keyBag || type === OID.shroudedKeyBag);
  const [keyBag] = keys;
  if (keyBag === undefined || keys.length > 1) {
    throw malformed(
      field,
      "pkcs12.key-count",
      `The ${field} holds ${keys.length} private keys; exactly one is needed.`,
    );
  }
  const privateKey = importKey(await keyBytes(keyBag, password, budget), field);
  const certificates = bags
    .filter(({ type }) => type === OID.certBag)
    .map(({ content }) => certificateOf(content));
  return {
    privateKey,
    certificates: ownFirst(certificates, privateKey, field),
    friendlyName: keyBag.friendlyName,
  };
}

/** What a PKCS#12 file holds besides its keys, which are not even decrypted. */
export interface Pkcs12Certificates {
  /** DER certificates as they stand. */
  certificates: { der: Uint8Array; friendlyName: string | null }[];
  keys: number;
  /** CRLs, secrets and certificates of other kinds. */
  others: number;
}

/** A trust store of thousands of certificates. */
const STORE_LIMITS = { maxBytes: 32 << 20, maxNodes: 500_000 };

/**
 * The certificates of a PKCS#12 file, with or without a key: Java keeps its trust stores so.
 *
 * @param password empty when there is none
 * @throws DomainError as `decodePkcs12`
 */
export async function decodePkcs12Certificates(
  der: Uint8Array,
  password: string,
  field = "pkcs12",
): Promise<Pkcs12Certificates> {
  const bags = await readBags(der, password, field, new IterationBudget(field), STORE_LIMITS);
  const content: Pkcs12Certificates = { certificates: [], keys: 0, others: 0 };
  for (const { type, content: bag, friendlyName } of bags) {
    if (type === OID.keyBag || type === OID.shroudedKeyBag) content.keys++;
    else if (type !== OID.certBag || certificateType(bag) !== OID.x509Certificate) content.others++;
    else content.certificates.push({ der: certificateOf(bag), friendlyName });
  }
  return content;
}

async function readBags(
  der: Uint8Array,
  password: string,
  field: string,
  budget: IterationBudget,
  limits: Partial<DerLimits> = {},
): Promise<Bag[]> {
  const fields = readBer(der, field, limits).fields("PKCS#12 file");
  if (fields.next("version").smallInteger("version") !== 3)
    throw malformed(field, "rfc7292.4", `The ${field} has another version than 3.`);
  const content = dataContent(fields.next("authenticated safe"), field);
  const macData = fields.optional(TAG.sequence);
  fields.end();
  if (macData !== undefined) await checkMac(macData, content, password, budget);

  const bags: Bag[] = [];
  for (const info of readBer(content, field, limits).expect(TAG.sequence, "authenticated safe").children) {
    const safe = readBer(await safeContents(info, password, budget), field, limits);
    for (const bag of safe.expect(TAG.sequence, "safe contents").children) bags.push(readBag(bag));
  }
  return bags;
}

/** The octets of a ContentInfo of type data. */
function dataContent(info: DerValue, field: string): Uint8Array {
  const fields = info.fields("content");
  const type = fields.next("content type").oid("content type");
  if (type !== OID.data) {
    throw malformed(
      field,
      "rfc7292.4",
      `The ${field} is protected otherwise than by a password (content type ${type}).`,
    );
  }
  return explicitContent(fields.next("content")).octetString("content");
}

function explicitContent(wrapper: DerValue): DerValue {
  const inner = wrapper.expect(0xa0, "content").children[0];
  if (inner === undefined) throw wrapper.error("content", "is empty");
  return inner;
}

async function checkMac(
  macData: DerValue,
  content: Uint8Array,
  password: string,
  budget: IterationBudget,
): Promise<void> {
  const fields = macData.fields("MAC");
  const digestInfo = fields.next("digest").fields("digest");
  const algorithm = digestInfo
    .next("algorithm")
    .fields("digest algorithm")
    .next("algorithm")
    .oid("digest algorithm");
  const expected = digestInfo.next("digest").octetString("digest");
  const salt = saltOf(fields.next("salt"));
  const iterations = fields.optional(TAG.integer)?.smallInteger("iteration count") ?? 1;
  fields.end();
  const hash = digestByOid(algorithm);
  if (hash === undefined) {
    throw malformed(
      macData.field,
      "pkcs12.mac",
      `The ${macData.field} has a MAC of the unsupported kind ${algorithm}.`,
    );
  }
  budget.spend(iterations);
  const key = await derivePkcs12Key(hash, DERIVE.macKey, password, salt, iterations, hash.digestOctets);
  const mac = createHmac(hash.name, key).update(content).digest();
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) throw wrongPassword();
}

/** The plain octets of one ContentInfo of the authenticated safe. */
async function safeContents(info: DerValue, password: string, budget: IterationBudget): Promise<Uint8Array> {
  const fields = info.fields("content");
  if (fields.next("content type").oid("content type") !== OID.encryptedData)
    return dataContent(info, info.field);
  const encryptedData = explicitContent(fields.next("content")).fields("encrypted data");
  encryptedData.next("version");
  const encrypted = encryptedData.next("encrypted content").fields("encrypted content");
  encrypted.next("content type");
  const algorithm = encrypted.next("encryption algorithm");
  const octets = encryptedOctets(encrypted.next("encrypted octets"));
  return (await decryptContent(algorithm, octets, password, budget)) ?? fail();
}

/** `[0] IMPLICIT OCTET STRING`: in one piece, or as NSS writes it in several. */
function encryptedOctets(value: DerValue): Uint8Array {
  if (value.tag !== 0xa0) return value.expect(0x80, "encrypted octets").content;
  const pieces = value.children.map((piece) => piece.octetString("encrypted octets"));
  return new Uint8Array(Buffer.concat(pieces));
}

function readBag(bag: DerValue): Bag {
  const fields = bag.fields("bag");
  const type = fields.next("bag type").oid("bag type");
  const content = explicitContent(fields.next("bag content"));
  let friendlyName: string | null = null;
  for (const attribute of fields.optional(TAG.set)?.children ?? []) {
    const [name, values] = attribute.expect(TAG.sequence, "bag attribute").children;
    const value = values?.children[0];
    if (name?.oid("bag attribute") === OID.friendlyName && value !== undefined)
      friendlyName = value.text("friendly name");
  }
  return { type, content, friendlyName };
}

async function keyBytes(bag: Bag, password: string, budget: IterationBudget): Promise<Uint8Array> {
  if (bag.type === OID.keyBag) return bag.content.der;
  const fields = bag.content.fields("encrypted key");
  const algorithm = fields.next("encryption algorithm");
  const octets = fields.next("encrypted octets").octetString("encrypted octets");
  return (await decryptContent(algorithm, octets, password, budget)) ?? fail();
}

function importKey(der: Uint8Array, field: string): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
  } catch (cause) {
    throw malformed(field, "pkcs12.key", `The ${field} holds a private key of a kind we do not know.`, cause);
  }
}

function certificateType(content: DerValue): string {
  return content.fields("certificate bag").next("certificate type").oid("certificate type");
}

function certificateOf(content: DerValue): Uint8Array {
  const fields = content.fields("certificate bag");
  const type = fields.next("certificate type").oid("certificate type");
  if (type !== OID.x509Certificate)
    throw content.error("certificate bag", "holds something else than an X.509 certificate");
  return explicitContent(fields.next("certificate")).octetString("certificate");
}

/** The certificate of the key first: importers need not search for it. */
function ownFirst(certificates: Uint8Array[], privateKey: KeyObject, field: string): Uint8Array[] {
  const spki = publicKeyOf(privateKey);
  const own = certificates.find((der) => compareBytes(parseCertificate(der, field).spki, spki) === 0);
  return own === undefined ? certificates : [own, ...certificates.filter((der) => der !== own)];
}

function wrongPassword(): DomainError {
  return malformed(
    "password",
    "pkcs12.password",
    "The password does not open the PKCS#12 file, or the file is damaged.",
  );
}

function fail(): never {
  throw wrongPassword();
}
