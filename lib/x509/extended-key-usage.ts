/** Names of the key purposes (RFC 5280 §4.2.1.12); any other is written as its object identifier. */
const PURPOSES: Readonly<Record<string, string>> = {
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  emailProtection: "1.3.6.1.5.5.7.3.4",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  ocspSigning: "1.3.6.1.5.5.7.3.9",
  anyExtendedKeyUsage: "2.5.29.37.0",
};

const NAMES = new Map(Object.entries(PURPOSES).map(([name, oid]) => [oid, name]));

/** The object identifier of a purpose given by name or as an object identifier. */
export function keyPurposeOid(purpose: string): string {
  return PURPOSES[purpose] ?? purpose;
}

/** The name of a purpose, or its object identifier when it has none. */
export function keyPurposeName(oid: string): string {
  return NAMES.get(oid) ?? oid;
}
