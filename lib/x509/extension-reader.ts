import { DomainError } from "../errors.ts";
import { type Defect, type DerValue, readDer } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { keyPurposeName } from "./extended-key-usage.ts";
import { type AnyGeneralName, readGeneralName } from "./general-name.ts";
import { toHex } from "./hex.ts";
import { type KeyUsage, keyUsagesOf } from "./key-usage.ts";
import { type NameConstraints, readNameConstraints } from "./name-constraints-encoding.ts";
import { OID } from "./oids.ts";

/** What an extension says, by kind. Key identifiers and serial numbers are lower-case hexadecimal. */
export type ExtensionValue =
  | { kind: "basicConstraints"; ca: boolean; pathLength: number | null }
  | { kind: "keyUsage"; usages: KeyUsage[] }
  /** Names where there is one, else object identifiers. */
  | { kind: "extendedKeyUsage"; purposes: string[] }
  | { kind: "subjectAlternativeName"; names: AnyGeneralName[] }
  | { kind: "issuerAlternativeName"; names: AnyGeneralName[] }
  | { kind: "subjectKeyIdentifier"; keyIdentifier: string }
  | {
      kind: "authorityKeyIdentifier";
      keyIdentifier: string | null;
      issuer: string[];
      serialNumber: string | null;
    }
  | { kind: "crlDistributionPoints"; urls: string[]; indirect: boolean }
  | { kind: "authorityInformationAccess"; ocsp: string[]; caIssuers: string[]; other: string[] }
  | { kind: "nameConstraints"; constraints: NameConstraints }
  | { kind: "certificatePolicies"; policies: string[] }
  | { kind: "ocspNoCheck" }
  /** Status codes of the TLS features a server must offer; 5 is must-staple (RFC 7633). */
  | { kind: "tlsFeature"; features: number[] };

export type ExtensionValueOf<Kind extends ExtensionValue["kind"]> = Extract<ExtensionValue, { kind: Kind }>;

/** One extension of a certificate or request. */
export interface Extension {
  oid: string;
  /** Its name in RFC 5280, or the object identifier. */
  name: string;
  critical: boolean;
  /** The raw content of extnValue. */
  der: Uint8Array;
  /** Null for extensions we do not know, and for those that cannot be read: then `finding` says why. */
  value: ExtensionValue | null;
  /** What is wrong with the content; the rest of the certificate is still shown. */
  finding?: { rule: string; detail: string };
}

type Reader = (value: DerValue) => ExtensionValue;

const READERS: ReadonlyMap<string, { name: string; read: Reader | null }> = new Map([
  [OID.basicConstraints, { name: "basicConstraints", read: readBasicConstraints }],
  [OID.keyUsage, { name: "keyUsage", read: readKeyUsage }],
  [OID.extendedKeyUsage, { name: "extendedKeyUsage", read: readExtendedKeyUsage }],
  [
    OID.subjectAlternativeName,
    {
      name: "subjectAlternativeName",
      read: (value) => ({ kind: "subjectAlternativeName", names: readNames(value) }),
    },
  ],
  [
    OID.issuerAlternativeName,
    {
      name: "issuerAlternativeName",
      read: (value) => ({ kind: "issuerAlternativeName", names: readNames(value) }),
    },
  ],
  [OID.subjectKeyIdentifier, { name: "subjectKeyIdentifier", read: readSubjectKeyIdentifier }],
  [OID.authorityKeyIdentifier, { name: "authorityKeyIdentifier", read: readAuthorityKeyIdentifier }],
  [OID.crlDistributionPoints, { name: "crlDistributionPoints", read: readDistributionPoints }],
  [OID.authorityInformationAccess, { name: "authorityInformationAccess", read: readAccess }],
  [
    OID.nameConstraints,
    {
      name: "nameConstraints",
      read: (value) => ({ kind: "nameConstraints", constraints: readNameConstraints(value) }),
    },
  ],
  [OID.certificatePolicies, { name: "certificatePolicies", read: readPolicies }],
  [OID.ocspNoCheck, { name: "ocspNoCheck", read: readNoCheck }],
  [OID.tlsFeature, { name: "tlsFeature", read: readTlsFeature }],
  [OID.policyMappings, { name: "policyMappings", read: null }],
  [OID.policyConstraints, { name: "policyConstraints", read: null }],
  [OID.inhibitAnyPolicy, { name: "inhibitAnyPolicy", read: null }],
  [OID.freshestCrl, { name: "freshestCRL", read: null }],
  [OID.certificateTransparencyTimestamps, { name: "signedCertificateTimestampList", read: null }],
] satisfies [string, { name: string; read: Reader | null }][]);

/**
 * One Extension (RFC 5280 §4.1). Only its outer form can fail; what is wrong inside becomes its `finding`.
 *
 * @throws DomainError malformed when it is not an Extension at all
 */
export function readExtension(value: DerValue): Extension {
  const fields = value.fields("extension");
  const oid = fields.next("extension id").oid("extension id");
  const critical = fields.optional(TAG.boolean)?.boolean("criticality of an extension") ?? false;
  const der = fields.next("extension value").octetString("extension value");
  fields.end();
  const known = READERS.get(oid);
  if (known === undefined || known.read === null)
    return { oid, name: known?.name ?? oid, critical, der, value: null };
  try {
    const defects: Defect[] = [];
    const content = known.read(readDer(der, value.field, value.isTolerant ? { defects } : {}));
    const read = { oid, name: known.name, critical, der, value: content };
    return defects[0] === undefined ? read : { ...read, finding: defects[0] };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const finding = { rule: error.violations[0]?.rule ?? "x690.type", detail: error.message };
    return { oid, name: known.name, critical, der, value: null, finding };
  }
}

/**
 * The extensions of a list. In a tolerant reading what is no Extension at all is kept with its octets.
 *
 * @throws DomainError malformed in a strict reading
 */
export function readExtensions(list: readonly DerValue[]): Extension[] {
  return list.map((value) => {
    try {
      return readExtension(value);
    } catch (error) {
      value.forgive(error);
      return { oid: "", name: "unreadable", critical: false, der: value.der, value: null };
    }
  });
}

/** The decoded value of the first extension of a kind. */
export function extensionValue<Kind extends ExtensionValue["kind"]>(
  extensions: readonly Extension[],
  kind: Kind,
): ExtensionValueOf<Kind> | null {
  for (const extension of extensions) {
    if (extension.value?.kind === kind) return extension.value as ExtensionValueOf<Kind>;
  }
  return null;
}

function readBasicConstraints(value: DerValue): ExtensionValue {
  const fields = value.fields("basic constraints extension");
  const ca = fields.optional(TAG.boolean)?.boolean("ca flag") ?? false;
  const pathLength = fields.optional(TAG.integer)?.smallInteger("path length") ?? null;
  fields.end();
  return { kind: "basicConstraints", ca, pathLength };
}

function readKeyUsage(value: DerValue): ExtensionValue {
  const { bytes } = value.bitString("key usage extension");
  return { kind: "keyUsage", usages: keyUsagesOf(bytes) };
}

function readExtendedKeyUsage(value: DerValue): ExtensionValue {
  const what = "extended key usage extension";
  return {
    kind: "extendedKeyUsage",
    purposes: members(value, what).map((member) => keyPurposeName(member.oid(what))),
  };
}

function readNames(value: DerValue): AnyGeneralName[] {
  const what = "alternative name extension";
  return members(value, what).map((member) => readGeneralName(member, what));
}

function readSubjectKeyIdentifier(value: DerValue): ExtensionValue {
  const keyIdentifier = toHex(value.octetString("subject key identifier"));
  return { kind: "subjectKeyIdentifier", keyIdentifier };
}

function readAuthorityKeyIdentifier(value: DerValue): ExtensionValue {
  const what = "authority key identifier";
  const fields = value.fields(what);
  const keyIdentifier = fields.optional(0x80);
  const issuer = fields.optional(0xa1)?.children.map((name) => readGeneralName(name, what).value) ?? [];
  const serialNumber = fields.optional(0x82)?.integerContent(what);
  fields.end();
  return {
    kind: "authorityKeyIdentifier",
    keyIdentifier: keyIdentifier === undefined ? null : toHex(keyIdentifier.content),
    issuer,
    serialNumber: serialNumber === undefined ? null : toHex(serialNumber),
  };
}

function readDistributionPoints(value: DerValue): ExtensionValue {
  const what = "CRL distribution points extension";
  const urls: string[] = [];
  let indirect = false;
  for (const point of members(value, what)) {
    const fields = point.fields(what);
    const fullName = fields.optional(0xa0)?.children[0];
    fields.optional(0x81);
    if (fields.optional(0xa2) !== undefined) indirect = true;
    fields.end();
    if (fullName?.tag !== 0xa0) continue;
    for (const name of fullName.children) {
      const read = readGeneralName(name, what);
      if (read.type === "uri") urls.push(read.value);
    }
  }
  return { kind: "crlDistributionPoints", urls, indirect };
}

function readAccess(value: DerValue): ExtensionValue {
  const what = "authority information access extension";
  const access = {
    kind: "authorityInformationAccess" as const,
    ocsp: [] as string[],
    caIssuers: [] as string[],
    other: [] as string[],
  };
  for (const description of members(value, what)) {
    const fields = description.fields(what);
    const method = fields.next("access method").oid(what);
    const location = readGeneralName(fields.next("access location"), what);
    fields.end();
    const list =
      method === OID.accessOcsp
        ? access.ocsp
        : method === OID.accessCaIssuers
          ? access.caIssuers
          : access.other;
    list.push(location.value);
  }
  return access;
}

function readPolicies(value: DerValue): ExtensionValue {
  const what = "certificate policies extension";
  const policies = members(value, what).map((policy) => policy.fields(what).next("policy").oid(what));
  return { kind: "certificatePolicies", policies };
}

function readNoCheck(value: DerValue): ExtensionValue {
  if (value.expect(TAG.null, "OCSP no-check extension").content.length > 0) {
    throw value.error("OCSP no-check extension", "is a NULL with content", "rfc6960.4.2.2.2.1");
  }
  return { kind: "ocspNoCheck" };
}

function readTlsFeature(value: DerValue): ExtensionValue {
  const what = "TLS feature extension";
  return { kind: "tlsFeature", features: members(value, what).map((feature) => feature.smallInteger(what)) };
}

/** The members of an extension that is a SEQUENCE of one or more (SIZE (1..MAX) in RFC 5280). */
function members(value: DerValue, what: string): readonly DerValue[] {
  const found = value.expect(TAG.sequence, what).children;
  if (found.length === 0) throw value.error(what, "is empty", "rfc5280.A.empty-sequence");
  return found;
}
