import type { KeyObject } from "node:crypto";
import {
  assembleCertificate,
  encodeTbsCertificate,
  keyIdentifier,
  type TbsCertificateInput,
} from "../certificate.ts";
import type { CertificateExtensions } from "../certificate-extensions.ts";
import { generateKeyPair, signTbs } from "../key.ts";
import type { KeyAlgorithm } from "../key-algorithm.ts";
import { encodeName, type Name, parseName } from "../name.ts";
import { newSerialNumber } from "../serial-number.ts";

/** A certificate made for a test, with the key it belongs to. */
export interface TestIdentity {
  der: Uint8Array;
  privateKey: KeyObject;
  spki: Uint8Array;
  algorithm: KeyAlgorithm;
  subject: Name;
  notAfter: Date;
}

/** What a test wants otherwise than the usual certificate of its kind. */
export interface TestWishes {
  algorithm?: KeyAlgorithm;
  /** RFC 4514. */
  subject?: string;
  notBefore?: Date;
  notAfter?: Date;
  serialNumber?: string;
  /** Whose key it has too. */
  keyOf?: TestIdentity;
  extensions?: Partial<CertificateExtensions>;
}

const DAY_MS = 86_400_000;

/** The clock of the tests: whole seconds, an hour ago. */
function anHourAgo(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000);
}

/** An authority: a root without `issuer`, else an intermediate below it. */
export async function testAuthority(wishes: TestWishes = {}, issuer?: TestIdentity): Promise<TestIdentity> {
  const {
    algorithm = "ecdsa-p256",
    subject = issuer ? "CN=Test Intermediate,O=Example" : "CN=Test Root,O=Example",
  } = wishes;
  return make({ ...wishes, algorithm, subject }, issuer, issuer ? 1825 : 3650, {
    basicConstraints: { ca: true },
    keyUsage: ["keyCertSign", "cRLSign"],
  });
}

/** A server certificate for `api.example`, unless the wishes say otherwise. */
export async function testLeaf(issuer: TestIdentity, wishes: TestWishes = {}): Promise<TestIdentity> {
  const { algorithm = issuer.algorithm, subject = "CN=api.example,O=Example" } = wishes;
  return make({ ...wishes, algorithm, subject }, issuer, 90, {
    keyUsage: ["digitalSignature"],
    extendedKeyUsage: ["serverAuth"],
    subjectAlternativeNames: [{ type: "dns", value: "api.example" }],
  });
}

async function make(
  wishes: TestWishes & { algorithm: KeyAlgorithm; subject: string },
  issuer: TestIdentity | undefined,
  days: number,
  extensions: CertificateExtensions,
): Promise<TestIdentity> {
  const { algorithm, notBefore = anHourAgo() } = wishes;
  const { privateKey, spki } = wishes.keyOf ?? (await generateKeyPair(algorithm));
  const subject = parseName(wishes.subject);
  const notAfter = wishes.notAfter ?? new Date(notBefore.getTime() + days * DAY_MS);
  const signer = issuer ?? { privateKey, spki, algorithm, subject };
  const input: TbsCertificateInput = {
    serialNumber: wishes.serialNumber ?? newSerialNumber(),
    issuer: encodeName(signer.subject),
    subject,
    notBefore,
    notAfter,
    spki,
    signatureAlgorithm: signer.algorithm,
    extensions: {
      ...extensions,
      subjectKeyIdentifier: keyIdentifier(spki),
      authorityKeyIdentifier: issuer === undefined ? undefined : keyIdentifier(issuer.spki),
      ...wishes.extensions,
    },
  };
  const tbs = encodeTbsCertificate(input);
  const der = assembleCertificate(tbs, signer.algorithm, signTbs(tbs, signer.privateKey, signer.algorithm));
  return { der, privateKey, spki, algorithm, subject, notAfter };
}
