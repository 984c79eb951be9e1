import { TAG } from "./der-writer.ts";

/** What we know about an attribute type of distinguished names. */
export interface NameAttribute {
  oid: string;
  /** The descriptor in RFC 4514 text. */
  short: string;
  /** The words for a screen. */
  label: string;
  /** The string type we write when the value has it no other way (RFC 5280 Appendix A.1). */
  tag: number;
  /** Upper bound in characters (RFC 5280 Appendix A.1). */
  maxLength: number;
}

function row(
  oid: string,
  short: string,
  label: string,
  maxLength: number,
  tag: number = TAG.utf8String,
): NameAttribute {
  return { oid, short, label, tag, maxLength };
}

/** The nine descriptors of RFC 4514 §3 first, then those registered for LDAP or in general use. */
const NAME_ATTRIBUTES: readonly NameAttribute[] = [
  row("2.5.4.3", "CN", "Common name", 64),
  row("2.5.4.7", "L", "Locality", 128),
  row("2.5.4.8", "ST", "State or province", 128),
  row("2.5.4.10", "O", "Organization", 64),
  row("2.5.4.11", "OU", "Organizational unit", 64),
  row("2.5.4.6", "C", "Country", 2, TAG.printableString),
  row("2.5.4.9", "STREET", "Street address", 128),
  row("0.9.2342.19200300.100.1.25", "DC", "Domain component", 63, TAG.ia5String),
  row("0.9.2342.19200300.100.1.1", "UID", "User id", 256),
  row("1.2.840.113549.1.9.1", "emailAddress", "E-mail address", 255, TAG.ia5String),
  row("2.5.4.5", "serialNumber", "Serial number of the subject", 64, TAG.printableString),
  row("2.5.4.4", "SN", "Surname", 32768),
  row("2.5.4.42", "givenName", "Given name", 32768),
  row("2.5.4.43", "initials", "Initials", 32768),
  row("2.5.4.44", "generationQualifier", "Generation qualifier", 32768),
  row("2.5.4.12", "title", "Title", 64),
  row("2.5.4.46", "dnQualifier", "DN qualifier", 64, TAG.printableString),
  row("2.5.4.65", "pseudonym", "Pseudonym", 128),
  row("2.5.4.13", "description", "Description", 1024),
  row("2.5.4.15", "businessCategory", "Business category", 128),
  row("2.5.4.17", "postalCode", "Postal code", 40),
  row("2.5.4.97", "organizationIdentifier", "Organization identifier", 256),
];

const BY_OID = new Map(NAME_ATTRIBUTES.map((attribute) => [attribute.oid, attribute]));
const BY_TEXT = new Map([
  ...NAME_ATTRIBUTES.map((attribute): [string, NameAttribute] => [attribute.short.toLowerCase(), attribute]),
  ...Object.entries({
    commonname: "2.5.4.3",
    localityname: "2.5.4.7",
    stateorprovincename: "2.5.4.8",
    s: "2.5.4.8",
    organizationname: "2.5.4.10",
    organizationalunitname: "2.5.4.11",
    countryname: "2.5.4.6",
    domaincomponent: "0.9.2342.19200300.100.1.25",
    userid: "0.9.2342.19200300.100.1.1",
    e: "1.2.840.113549.1.9.1",
    email: "1.2.840.113549.1.9.1",
    surname: "2.5.4.4",
    gn: "2.5.4.42",
  }).map(([alias, oid]): [string, NameAttribute] => [alias, BY_OID.get(oid) as NameAttribute]),
]);

/** The attribute type with this object identifier, when we know it. */
export function nameAttribute(oid: string): NameAttribute | undefined {
  return BY_OID.get(oid);
}

/** The attribute type that a descriptor names (`CN`, `commonName`, in either case), when we know it. */
export function nameAttributeOfText(text: string): NameAttribute | undefined {
  return BY_TEXT.get(text.toLowerCase());
}
