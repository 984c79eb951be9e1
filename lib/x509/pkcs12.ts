import { malformed } from "../errors.ts";
import {
  context,
  contextPrimitive,
  type DerNode,
  element,
  encodeDer,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  setOf,
  TAG,
} from "./der-writer.ts";
import { OID } from "./oids.ts";
import { DERIVE, type DerivationHash, derivePkcs12Key } from "./pkcs12-key.ts";
import { sha256 } from "./sha256.ts";

/** Rounds of both key derivations, encryption and MAC: an attacker would take the cheaper one. */
const ITERATIONS = 210_000;

const SHA256: DerivationHash = { digest: sha256, digestOctets: 32, blockOctets: 64 };

export interface Pkcs12Input {
  /** DER of the PKCS#8 PrivateKeyInfo. */
  privateKeyPkcs8: Uint8Array;
  /** DER certificates, the key's own first. */
  chain: readonly Uint8Array[];
  password: string;
  /** What key stores call the entry. */
  friendlyName: string;
}

/**
 * A PKCS#12 file (RFC 7292) of a key and its chain: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256 for both
 * key and certificates, HMAC-SHA-256 as MAC, 210,000 rounds. OpenSSL 1.1.1+, Windows 10+, macOS 15+, Java
 * 12+ read it. The same code runs in Node and, so that a key need not leave the page, in browsers (which
 * offer WebCrypto only on https and localhost). Takes some 0.3 s.
 *
 * @throws DomainError malformed, field `password`, when it is empty
 */
export async function encodePkcs12(input: Pkcs12Input): Promise<Uint8Array<ArrayBuffer>> {
  const { privateKeyPkcs8, chain, password, friendlyName } = input;
  if (password === "") throw malformed("password", "pkcs12.password", "A PKCS#12 file needs a password.");
  const localKeyId = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(chain[0] ?? [])));
  const entryAttributes = setOf(
    sequence(oid(OID.friendlyName), setOf(bmpString(friendlyName))),
    sequence(oid(OID.localKeyId), setOf(octetString(localKeyId))),
  );
  const certificateBags = sequence(
    ...chain.map((der, index) => certificateBag(der, index === 0 ? [entryAttributes] : [])),
  );
  const keyBags = sequence(
    sequence(
      oid(OID.shroudedKeyBag),
      context(0, sequence(...(await encrypt(privateKeyPkcs8, password, octetString)))),
      entryAttributes,
    ),
  );
  const authenticatedSafe = encodeDer(
    sequence(
      await encryptedContent(encodeDer(certificateBags), password),
      sequence(oid(OID.data), context(0, octetString(encodeDer(keyBags)))),
    ),
  );
  return encodeDer(
    sequence(
      integer(3),
      sequence(oid(OID.data), context(0, octetString(authenticatedSafe))),
      await macData(authenticatedSafe, password),
    ),
  );
}

function certificateBag(der: Uint8Array, attributes: DerNode[]): DerNode {
  const certificate = sequence(oid(OID.x509Certificate), context(0, octetString(der)));
  return sequence(oid(OID.certBag), context(0, certificate), ...attributes);
}

/** EncryptedData (RFC 5652 §8) as a ContentInfo. */
async function encryptedContent(content: Uint8Array, password: string): Promise<DerNode> {
  const encrypted = await encrypt(content, password, (bytes) => contextPrimitive(0, bytes as Uint8Array));
  return sequence(
    oid(OID.encryptedData),
    context(0, sequence(integer(0), sequence(oid(OID.data), ...encrypted))),
  );
}

/** PBES2 (RFC 8018 §6.2): its AlgorithmIdentifier and the encrypted octets, wrapped as the caller has it. */
async function encrypt(
  content: Uint8Array,
  password: string,
  wrap: (bytes: Uint8Array) => DerNode,
): Promise<[algorithm: DerNode, encrypted: DerNode]> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, [
    "deriveKey",
  ]);
  const key = await crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS },
    secret,
    { name: "AES-CBC", length: 256 },
    false,
    ["encrypt"],
  );
  const encrypted = new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, new Uint8Array(content)),
  );
  const derivation = sequence(
    oid(OID.pbkdf2),
    sequence(octetString(salt), integer(ITERATIONS), sequence(oid(OID.hmacWithSha256), NULL)),
  );
  const cipher = sequence(oid(OID.aes256Cbc), octetString(iv));
  return [sequence(oid(OID.pbes2), sequence(derivation, cipher)), wrap(encrypted)];
}

/** MacData (RFC 7292 §4) with HMAC-SHA-256. */
async function macData(content: Uint8Array<ArrayBuffer>, password: string): Promise<DerNode> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const secret = await derivePkcs12Key(SHA256, DERIVE.macKey, password, salt, ITERATIONS, 32);
  const key = await crypto.subtle.importKey(
    "raw",
    new Uint8Array(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, content));
  return sequence(
    sequence(sequence(oid(OID.sha256), NULL), octetString(mac)),
    octetString(salt),
    integer(ITERATIONS),
  );
}

/** BMPString has two octets a character and nothing beyond U+FFFF. */
function bmpString(text: string): DerNode {
  const bytes = [...text].flatMap((character) => {
    const code = character.codePointAt(0) as number;
    return code > 0xffff ? [0xff, 0xfd] : [code >> 8, code & 255];
  });
  return element(TAG.bmpString, Uint8Array.from(bytes));
}
