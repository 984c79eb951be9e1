import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { type CertificateExtensions, extensionNode } from "#lib/x509/certificate-extensions.ts";
import { type DerValue, readDer } from "#lib/x509/der-reader.ts";
import {
  bitString,
  boolean,
  context,
  contextPrimitive,
  type DerNode,
  element,
  encodeDer,
  generalizedTime,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  TAG,
} from "#lib/x509/der-writer.ts";
import { encodeName, parseName } from "#lib/x509/name.ts";
import { OID } from "#lib/x509/oids.ts";
import { decodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

/** A certificate that is wrong in the one way its name tells, below a sound root. */
export interface Broken {
  name: string;
  /** The rule of ours that must find it. */
  rule: string;
  /** The certificate that is wrong. */
  der: Uint8Array;
  /** Certificates from the one to be verified up to the root. */
  chain: { der: Uint8Array }[];
  /** The certificate above the wrong one. */
  issuer: { der: Uint8Array };
}

/** The members of a TBSCertificate, each of which a fault may replace. */
interface Body {
  version: DerNode[];
  serial: DerNode;
  algorithm: DerNode;
  issuer: DerNode;
  validity: DerNode;
  subject: DerNode;
  spki: DerNode;
  uniqueIdentifiers: DerNode[];
  extensions: Map<string, DerNode>;
  /** More extensions after those. */
  surplus: DerNode[];
}

interface Fault {
  name: string;
  rule: string;
  /** OpenSSL 3.0 lets it pass, so that only our lint stands in its way. */
  opensslAccepts?: boolean;
  /** `leaf` by default; `ca` breaks an intermediate, below which a sound leaf stands. */
  of?: "leaf" | "ca";
  /** Ordinary extensions that differ from the sound certificate's. */
  extensions?: Partial<CertificateExtensions>;
  /** Extensions of the authority above. */
  issuerExtensions?: Partial<CertificateExtensions>;
  subject?: string;
  change?(body: Body): void;
  /** Digest the signature is made with; sha256 else. */
  digest?: "sha1" | "md5" | "sha256";
  /** AlgorithmIdentifier beside the signature, when it differs. */
  outer?: DerNode;
  /** Key type of the issuer. */
  issuerAlgorithm?: "rsa-2048";
}

const ecdsa = (algorithm: string) => sequence(oid(algorithm));
const rsa = (algorithm: string) => sequence(oid(algorithm), NULL);
const MD5_WITH_RSA = OID.md5WithRsa;
const DAY_MS = 86_400_000;

function timeText(tag: number, text: string): DerNode {
  return element(tag, text);
}

/** An EC key whose curve is written out as numbers instead of named. */
function explicitCurveKey(): Uint8Array {
  const key = execFileSync("openssl", [
    "ecparam",
    "-name",
    "prime256v1",
    "-genkey",
    "-noout",
    "-param_enc",
    "explicit",
  ]);
  const spki = execFileSync("openssl", ["ec", "-pubout", "-param_enc", "explicit"], {
    input: key,
    stdio: ["pipe", "pipe", "ignore"],
  });
  return (decodePem(spki.toString(), { field: "key" })[0] as { der: Uint8Array }).der;
}

function shortRsaKey(bits: number): Uint8Array {
  return generateKeyPairSync("rsa", { modulusLength: bits }).publicKey.export({
    format: "der",
    type: "spki",
  });
}

function replaced(type: string, critical: boolean, value: DerNode): (body: Body) => void {
  return (body) => body.extensions.set(type, extensionNode(type, critical, value));
}

const AN_HOUR_AGO = new Date(Date.now() - 3_600_000);
const TOMORROW = new Date(Date.now() + DAY_MS);

/** Every fault once. */
export const FAULTS: readonly Fault[] = [
  {
    name: "version 1 with extensions",
    rule: "rfc5280.4.1.2.1.version-3",
    change: (body) => {
      body.version = [];
    },
  },
  {
    name: "serial number with a superfluous zero octet",
    rule: "x690.8.3.2",
    change: (body) => {
      body.serial = element(TAG.integer, Uint8Array.of(0, 0, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48));
    },
  },
  {
    name: "signature algorithms inside and outside differ",
    rule: "rfc5280.4.1.1.2.algorithm-mismatch",
    change: (body) => {
      body.algorithm = ecdsa(OID.ecdsaWithSha384);
    },
  },
  {
    name: "signed with SHA-1",
    rule: "rfc5280.4.1.2.3.algorithm-weak",
    digest: "sha1",
    outer: rsa(OID.sha1WithRsa),
    issuerAlgorithm: "rsa-2048",
    change: (body) => {
      body.algorithm = rsa(OID.sha1WithRsa);
    },
  },
  {
    name: "signed with MD5",
    rule: "rfc5280.4.1.2.3.algorithm-known",
    digest: "md5",
    outer: rsa(MD5_WITH_RSA),
    issuerAlgorithm: "rsa-2048",
    change: (body) => {
      body.algorithm = rsa(MD5_WITH_RSA);
    },
  },
  {
    name: "issuer name empty",
    rule: "rfc5280.4.1.2.4.issuer-empty",
    change: (body) => {
      body.issuer = sequence();
    },
  },
  {
    name: "issuer name another's",
    rule: "rfc5280.4.1.2.4.issuer-name",
    change: (body) => {
      body.issuer = encodeName(parseName("CN=Somebody Else"));
    },
  },
  {
    name: "notAfter before notBefore",
    rule: "rfc5280.4.1.2.5.order",
    change: (body) => {
      body.validity = sequence(
        timeText(TAG.utcTime, "251101000000Z"),
        timeText(TAG.utcTime, "251001000000Z"),
      );
    },
  },
  {
    name: "time with fractions of a second",
    rule: "rfc5280.4.1.2.5",
    change: (body) => {
      body.validity = sequence(
        timeText(TAG.utcTime, "251101000000Z"),
        timeText(TAG.generalizedTime, "20600101000000.5Z"),
      );
    },
  },
  {
    name: "time without seconds",
    rule: "rfc5280.4.1.2.5",
    change: (body) => {
      body.validity = sequence(timeText(TAG.utcTime, "2511010000Z"), timeText(TAG.utcTime, "491101000000Z"));
    },
  },
  {
    name: "time in a zone other than UTC",
    rule: "rfc5280.4.1.2.5",
    change: (body) => {
      body.validity = sequence(
        timeText(TAG.utcTime, "251101000000+0100"),
        timeText(TAG.utcTime, "491101000000Z"),
      );
    },
  },
  {
    name: "GeneralizedTime before 2050",
    opensslAccepts: true,
    rule: "rfc5280.4.1.2.5.time-form",
    change: (body) => {
      body.validity = sequence(generalizedTime(AN_HOUR_AGO), generalizedTime(TOMORROW));
    },
  },
  { name: "authority without a subject", of: "ca", subject: "", rule: "rfc5280.4.1.2.6.ca-subject-empty" },
  {
    name: "neither subject nor alternative name",
    subject: "",
    extensions: { subjectAlternativeNames: [], extendedKeyUsage: ["clientAuth"] },
    rule: "rfc5280.4.1.2.6.subject-or-san",
  },
  {
    name: "RSA key of 512 bits",
    rule: "rfc5280.4.1.2.7.key",
    change: (body) => {
      body.spki = shortRsaKey(512);
    },
  },
  {
    name: "RSA key of 768 bits",
    rule: "rfc5280.4.1.2.7.key",
    change: (body) => {
      body.spki = shortRsaKey(768);
    },
  },
  {
    name: "EC key with explicit parameters",
    rule: "rfc5280.4.1.2.7.key",
    change: (body) => {
      body.spki = explicitCurveKey();
    },
  },
  {
    name: "unique identifier",
    opensslAccepts: true,
    rule: "rfc5280.4.1.2.8.unique-identifiers",
    change: (body) => {
      body.uniqueIdentifiers = [contextPrimitive(1, Uint8Array.of(0, 1))];
    },
  },
  {
    name: "the same extension twice",
    rule: "rfc5280.4.2.duplicate-extension",
    change: (body) => body.surplus.push(body.extensions.get(OID.keyUsage) as DerNode),
  },
  {
    name: "alternative names twice",
    rule: "rfc5280.4.2.duplicate-extension",
    change: (body) => body.surplus.push(body.extensions.get(OID.subjectAlternativeName) as DerNode),
  },
  {
    name: "unknown critical extension",
    rule: "rfc5280.4.2.unknown-critical",
    change: (body) => body.surplus.push(extensionNode("1.3.6.1.4.1.99999.7", true, NULL)),
  },
  {
    name: "no authority key identifier",
    rule: "rfc5280.4.2.1.1.aki-missing",
    extensions: { authorityKeyIdentifier: undefined },
  },
  {
    name: "empty authority key identifier",
    rule: "rfc5280.4.2.1.1.aki-key-identifier",
    change: replaced(OID.authorityKeyIdentifier, false, sequence()),
  },
  {
    name: "authority key identifier of another key",
    rule: "rfc5280.4.2.1.1.aki-matches",
    extensions: { authorityKeyIdentifier: new Uint8Array(20).fill(7) },
  },
  {
    name: "authority without subject key identifier",
    of: "ca",
    rule: "rfc5280.4.2.1.2.ski-missing",
    extensions: { subjectKeyIdentifier: undefined },
  },
  {
    name: "empty subject key identifier",
    opensslAccepts: true,
    rule: "rfc5280.4.2.1.2.ski-empty",
    extensions: { subjectKeyIdentifier: new Uint8Array(0) },
  },
  {
    name: "subject key identifier that is no OCTET STRING",
    rule: "rfc5280.4.2.malformed-extension",
    change: replaced(OID.subjectKeyIdentifier, false, integer(7)),
  },
  {
    name: "authority without key usage",
    of: "ca",
    rule: "rfc5280.4.2.1.3.missing",
    extensions: { keyUsage: [] },
  },
  {
    name: "authority without keyCertSign",
    of: "ca",
    rule: "rfc5280.4.2.1.3.ca-cert-sign",
    extensions: { keyUsage: ["cRLSign"] },
  },
  {
    name: "keyCertSign in a leaf",
    rule: "rfc5280.4.2.1.3.leaf-cert-sign",
    extensions: { keyUsage: ["digitalSignature", "keyCertSign"] },
  },
  {
    name: "key usage without a bit",
    rule: "rfc5280.4.2.1.3.empty",
    change: replaced(OID.keyUsage, true, bitString(new Uint8Array(0))),
  },
  {
    name: "key usage that is no BIT STRING",
    rule: "rfc5280.4.2.malformed-extension",
    change: replaced(OID.keyUsage, true, octetString(Uint8Array.of(0x80))),
  },
  {
    name: "empty subject, alternative name not critical",
    subject: "",
    rule: "rfc5280.4.2.1.6.empty-subject-critical",
    change: replaced(OID.subjectAlternativeName, false, sequence(contextPrimitive(2, "api.example"))),
  },
  {
    name: "alternative names empty",
    rule: "rfc5280.4.2.malformed-extension",
    change: replaced(OID.subjectAlternativeName, false, sequence()),
  },
  {
    name: "alternative name extension that is no list",
    rule: "rfc5280.4.2.malformed-extension",
    change: replaced(OID.subjectAlternativeName, false, octetString(Uint8Array.of(1))),
  },
  {
    name: "basic constraints of an authority not critical",
    of: "ca",
    rule: "rfc5280.4.2.1.9.critical",
    change: replaced(OID.basicConstraints, false, sequence(boolean(true))),
  },
  {
    name: "path length in a leaf",
    rule: "rfc5280.4.2.1.9.path-length-not-ca",
    change: (body) => body.surplus.push(extensionNode(OID.basicConstraints, true, sequence(integer(0)))),
  },
  {
    name: "path length without keyCertSign",
    of: "ca",
    rule: "rfc5280.4.2.1.9.path-length-without-cert-sign",
    extensions: { basicConstraints: { ca: true, pathLength: 0 }, keyUsage: ["cRLSign"] },
  },
  {
    name: "basic constraints malformed",
    rule: "rfc5280.4.2.malformed-extension",
    change: (body) => body.surplus.push(extensionNode(OID.basicConstraints, true, integer(1))),
  },
  {
    name: "authority below a path length of 0",
    of: "ca",
    rule: "rfc5280.4.2.1.9.path-length",
    issuerExtensions: { basicConstraints: { ca: true, pathLength: 0 } },
  },
  {
    name: "issued by a certificate that is no authority",
    rule: "rfc5280.6.1.4.issuer-ca",
    issuerExtensions: { basicConstraints: undefined, keyUsage: ["digitalSignature"] },
  },
  {
    name: "name outside the issuer's constraints",
    rule: "rfc5280.4.2.1.10.names",
    issuerExtensions: {
      nameConstraints: { permitted: [{ type: "dns", value: "other.example" }], excluded: [] },
    },
  },
  {
    name: "name constraints malformed",
    of: "ca",
    rule: "rfc5280.4.2.malformed-extension",
    change: (body) => body.surplus.push(extensionNode(OID.nameConstraints, true, integer(1))),
  },
  {
    name: "name constraints in a leaf",
    opensslAccepts: true,
    rule: "rfc5280.4.2.1.10.leaf",
    extensions: { nameConstraints: { permitted: [{ type: "dns", value: "example" }], excluded: [] } },
  },
  {
    name: "extended key usage empty",
    opensslAccepts: true,
    rule: "rfc5280.4.2.malformed-extension",
    change: replaced(OID.extendedKeyUsage, false, sequence()),
  },
  {
    name: "extended key usage malformed",
    rule: "rfc5280.4.2.malformed-extension",
    change: replaced(OID.extendedKeyUsage, false, integer(1)),
  },
  {
    name: "CRL distribution points malformed",
    rule: "rfc5280.4.2.malformed-extension",
    change: (body) => body.surplus.push(extensionNode(OID.crlDistributionPoints, false, integer(1))),
  },
  {
    name: "public key that is no key",
    rule: "x690.tag",
    change: (body) => {
      body.spki = sequence(integer(1), integer(2));
    },
  },
];

/** Makes the certificate of a fault and the chain it stands in. */
export async function makeBroken(fault: Fault): Promise<Broken> {
  const { issuerExtensions, issuerAlgorithm: algorithm } = fault;
  const root = await testAuthority({ algorithm });
  const issuer = await testAuthority({ algorithm, extensions: issuerExtensions }, root);
  const sound =
    fault.of === "ca"
      ? await testAuthority(
          { subject: fault.subject ?? "CN=Broken Intermediate", extensions: fault.extensions },
          issuer,
        )
      : await testLeaf(issuer, {
          algorithm: "ecdsa-p256",
          subject: fault.subject,
          extensions: fault.extensions,
        });
  const broken = { ...sound, der: rebuilt(sound, issuer, fault) };
  const below = fault.of === "ca" ? [await testLeaf(broken)] : [];
  const chain = [...below, broken, issuer, root];
  return { name: fault.name, rule: fault.rule, der: broken.der, chain, issuer };
}

/** Takes a sound certificate apart, lets the fault change it, and signs it again. */
function rebuilt(sound: TestIdentity, issuer: TestIdentity, fault: Fault): Uint8Array {
  const [tbs, outer] = readDer(sound.der, "sound").children as readonly [DerValue, DerValue];
  const [version, serial, algorithm, issuerName, validity, subject, spki, extensions] =
    tbs.children as readonly DerValue[];
  const list = extensions?.children[0]?.children ?? [];
  const body: Body = {
    version: [(version as DerValue).der],
    serial: (serial as DerValue).der,
    algorithm: (algorithm as DerValue).der,
    issuer: (issuerName as DerValue).der,
    validity: (validity as DerValue).der,
    subject: (subject as DerValue).der,
    spki: (spki as DerValue).der,
    uniqueIdentifiers: [],
    extensions: new Map(
      list.map((extension) => [(extension.children[0] as DerValue).oid("extension"), extension.der]),
    ),
    surplus: [],
  };
  fault.change?.(body);
  const bytes = encodeDer(
    sequence(
      ...body.version,
      body.serial,
      body.algorithm,
      body.issuer,
      body.validity,
      body.subject,
      body.spki,
      ...body.uniqueIdentifiers,
      context(3, sequence(...body.extensions.values(), ...body.surplus)),
    ),
  );
  const signature = sign(fault.digest ?? "sha256", bytes, issuer.privateKey);
  return encodeDer(sequence(bytes, fault.outer ?? outer.der, bitString(signature)));
}
