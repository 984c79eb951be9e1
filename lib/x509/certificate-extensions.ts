import {
  boolean,
  context,
  contextPrimitive,
  type DerNode,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
} from "./der-writer.ts";
import { keyPurposeOid } from "./extended-key-usage.ts";
import { type GeneralName, generalNameNode } from "./general-name.ts";
import { type KeyUsage, keyUsageNode } from "./key-usage.ts";
import { type NameConstraints, nameConstraintsNode } from "./name-constraints-encoding.ts";
import { OID } from "./oids.ts";

/** The extensions of a certificate to be signed. Nothing is added that is not named here. */
export interface CertificateExtensions {
  /** CA certificates need it; leaves have none, which means ca = false (RFC 5280 §4.2.1.9). */
  basicConstraints?: { ca: boolean; pathLength?: number };
  keyUsage: readonly KeyUsage[];
  /** Names (`serverAuth`, `clientAuth`, `ocspSigning`, …) or object identifiers; empty: no such extension. */
  extendedKeyUsage?: readonly string[];
  subjectAlternativeNames?: readonly GeneralName[];
  subjectKeyIdentifier?: Uint8Array;
  /** Key identifier of the issuer. */
  authorityKeyIdentifier?: Uint8Array;
  /** http URLs of the complete CRL. */
  crlDistributionPoints?: readonly string[];
  authorityInfoAccess?: { ocsp: readonly string[]; caIssuers: readonly string[] };
  nameConstraints?: NameConstraints;
  /** Policy object identifiers without qualifiers. */
  certificatePolicies?: readonly string[];
  /** For OCSP signers only (RFC 6960 §4.2.2.2.1). */
  ocspNoCheck?: boolean;
}

/** SEQUENCE OF Extension, or null when there would be none (RFC 5280 §4.1: SIZE (1..MAX)). */
export function extensionsNode(extensions: CertificateExtensions, subjectIsEmpty: boolean): DerNode | null {
  const nodes: DerNode[] = [];
  const add = (type: string, critical: boolean, value: DerNode) =>
    nodes.push(extensionNode(type, critical, value));
  const { basicConstraints, keyUsage, extendedKeyUsage = [], subjectAlternativeNames = [] } = extensions;
  const { crlDistributionPoints = [], certificatePolicies = [], authorityInfoAccess } = extensions;

  if (basicConstraints !== undefined)
    add(OID.basicConstraints, basicConstraints.ca, basicConstraintsNode(basicConstraints));
  if (keyUsage.length > 0) add(OID.keyUsage, true, keyUsageNode(keyUsage));
  if (extendedKeyUsage.length > 0) {
    add(
      OID.extendedKeyUsage,
      false,
      sequence(...extendedKeyUsage.map((purpose) => oid(keyPurposeOid(purpose)))),
    );
  }
  if (extensions.subjectKeyIdentifier)
    add(OID.subjectKeyIdentifier, false, octetString(extensions.subjectKeyIdentifier));
  if (extensions.authorityKeyIdentifier) {
    add(OID.authorityKeyIdentifier, false, sequence(contextPrimitive(0, extensions.authorityKeyIdentifier)));
  }
  if (subjectAlternativeNames.length > 0) {
    // Critical exactly when nothing else names the subject (§4.2.1.6).
    add(
      OID.subjectAlternativeName,
      subjectIsEmpty,
      sequence(...subjectAlternativeNames.map(generalNameNode)),
    );
  }
  if (extensions.nameConstraints)
    add(OID.nameConstraints, true, nameConstraintsNode(extensions.nameConstraints));
  if (certificatePolicies.length > 0) {
    add(
      OID.certificatePolicies,
      false,
      sequence(...certificatePolicies.map((policy) => sequence(oid(policy)))),
    );
  }
  if (crlDistributionPoints.length > 0) {
    add(OID.crlDistributionPoints, false, sequence(...crlDistributionPoints.map(distributionPointNode)));
  }
  if (authorityInfoAccess && authorityInfoAccess.ocsp.length + authorityInfoAccess.caIssuers.length > 0) {
    add(OID.authorityInformationAccess, false, accessNode(authorityInfoAccess));
  }
  if (extensions.ocspNoCheck) add(OID.ocspNoCheck, false, NULL);
  return nodes.length === 0 ? null : sequence(...nodes);
}

/** One Extension; `critical` is left out when false, its default (X.690 §11.5). */
export function extensionNode(type: string, critical: boolean, value: DerNode): DerNode {
  return critical
    ? sequence(oid(type), boolean(true), octetString(value))
    : sequence(oid(type), octetString(value));
}

/** ca is left out when false, its default. */
function basicConstraintsNode({ ca, pathLength }: { ca: boolean; pathLength?: number }): DerNode {
  const members: DerNode[] = [];
  if (ca) members.push(boolean(true));
  if (pathLength !== undefined) members.push(integer(pathLength));
  return sequence(...members);
}

function distributionPointNode(url: string): DerNode {
  return sequence(context(0, context(0, contextPrimitive(6, url))));
}

function accessNode({ ocsp, caIssuers }: { ocsp: readonly string[]; caIssuers: readonly string[] }): DerNode {
  return sequence(
    ...ocsp.map((url) => sequence(oid(OID.accessOcsp), contextPrimitive(6, url))),
    ...caIssuers.map((url) => sequence(oid(OID.accessCaIssuers), contextPrimitive(6, url))),
  );
}
