import type { Extension, ExtensionValue } from "#lib/x509/extension-reader.ts";
import { toHex } from "#lib/x509/hex.ts";
import type { NameSubtree } from "#lib/x509/name-constraints-encoding.ts";

/** One line of what an extension says. */
export interface ExtensionLine {
  /** What the value is, when the extension's own title does not say it. */
  label?: string;
  value: string;
  /** Hexadecimal, identifiers and addresses. */
  mono?: boolean;
}

/** Titles as people say them; the name in RFC 5280 stands beside. */
const TITLES: Record<string, string> = {
  basicConstraints: "Basic constraints",
  keyUsage: "Key usage",
  extendedKeyUsage: "Extended key usage",
  subjectAlternativeName: "Subject alternative names",
  issuerAlternativeName: "Issuer alternative names",
  subjectKeyIdentifier: "Subject key identifier",
  authorityKeyIdentifier: "Authority key identifier",
  crlDistributionPoints: "CRL distribution points",
  authorityInformationAccess: "Authority information access",
  nameConstraints: "Name constraints",
  certificatePolicies: "Certificate policies",
  ocspNoCheck: "OCSP no check",
  tlsFeature: "TLS features",
};

export function extensionTitle(extension: Extension): string {
  return TITLES[extension.name] ?? (extension.name === extension.oid ? "Unknown extension" : extension.name);
}

/** Octets of an undecoded extension that are shown; the certificate itself can be downloaded. */
const RAW_OCTETS = 64;

/** What an extension says, line by line; the raw octets when it is not one we decode. */
export function extensionLines({ value, der }: Extension): ExtensionLine[] {
  if (value !== null) return decoded(value);
  const rest = der.length - RAW_OCTETS;
  const more = rest > 0 ? `… and ${rest} more octets` : "";
  return [
    { label: "Octets, hexadecimal", value: `${toHex(der.subarray(0, RAW_OCTETS))}${more}`, mono: true },
  ];
}

function decoded(value: ExtensionValue): ExtensionLine[] {
  switch (value.kind) {
    case "basicConstraints":
      return [
        { value: value.ca ? "A certificate authority" : "Not a certificate authority" },
        ...(value.pathLength === null
          ? []
          : [{ label: "Authorities below it, at most", value: String(value.pathLength) }]),
      ];
    case "keyUsage":
      return value.usages.map((usage) => ({ value: usage }));
    case "extendedKeyUsage":
      return value.purposes.map((purpose) => ({ value: PURPOSES[purpose] ?? purpose }));
    case "subjectAlternativeName":
    case "issuerAlternativeName":
      return value.names.map((name) => ({ label: NAME_LABELS[name.type], value: name.value, mono: true }));
    case "subjectKeyIdentifier":
      return [{ value: value.keyIdentifier, mono: true }];
    case "authorityKeyIdentifier":
      return [
        ...mono("Key", value.keyIdentifier === null ? [] : [value.keyIdentifier]),
        ...mono("Issuer", value.issuer),
        ...mono("Serial number", value.serialNumber === null ? [] : [value.serialNumber]),
      ];
    case "crlDistributionPoints":
      return [
        ...mono(undefined, value.urls),
        ...(value.indirect ? [{ value: "Signed by another authority (indirect CRL)" }] : []),
      ];
    case "authorityInformationAccess":
      return [
        ...mono("OCSP", value.ocsp),
        ...mono("Issuer's certificate", value.caIssuers),
        ...mono("Other", value.other),
      ];
    case "nameConstraints":
      return [
        ...value.constraints.permitted.map((subtree) => subtreeLine("Permitted", subtree)),
        ...value.constraints.excluded.map((subtree) => subtreeLine("Excluded", subtree)),
      ];
    case "certificatePolicies":
      return mono(undefined, value.policies);
    case "ocspNoCheck":
      return [{ value: "Relying parties need not ask whether this responder's certificate is revoked" }];
    case "tlsFeature":
      return value.features.map((feature) => ({
        value: feature === 5 ? "status_request: the server must staple an OCSP answer" : `feature ${feature}`,
      }));
  }
}

const PURPOSES: Record<string, string> = {
  serverAuth: "serverAuth: a server proves itself to clients",
  clientAuth: "clientAuth: a client proves itself to servers",
  ocspSigning: "ocspSigning: signs OCSP answers",
  anyExtendedKeyUsage: "anyExtendedKeyUsage: any purpose",
};

const NAME_LABELS = {
  dns: "DNS",
  ip: "IP",
  uri: "URI",
  email: "E-mail",
  directoryName: "Directory name",
  registeredId: "Registered id",
  other: "Other",
} as const;

function mono(label: string | undefined, values: readonly string[]): ExtensionLine[] {
  return values.map((value) => ({ ...(label === undefined ? {} : { label }), value, mono: true }));
}

function subtreeLine(label: string, subtree: NameSubtree): ExtensionLine {
  return { label: `${label} ${NAME_LABELS[subtree.type]}`, value: subtree.value, mono: true };
}
