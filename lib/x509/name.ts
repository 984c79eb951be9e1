import { malformed, type Violation } from "../errors.ts";
import { type DerValue, readDer } from "./der-reader.ts";
import { isStringTag } from "./der-text.ts";
import { type DerNode, element, encodeDer, oid, sequence, setOf, TAG, textElement } from "./der-writer.ts";
import { fromHex, toHex } from "./hex.ts";
import { nameAttribute } from "./name-attributes.ts";
import { comparableText } from "./name-preparation.ts";
import { formatRelativeName, parseRelativeNames } from "./name-text.ts";
import { OID } from "./oids.ts";
import { unsafeCharacter } from "./unsafe-character.ts";

/** One `type = value` of a name. */
export interface NameAttributeValue {
  /** Object identifier of the attribute type, dotted. */
  readonly type: string;
  /** The text; for values that are not text, `#` and the hexadecimal DER (RFC 4514 §2.4). */
  readonly value: string;
  /** The DER tag the value was read with, so that it is written back as it was. */
  readonly tag?: number;
}

/** Usually one attribute; several are a set. */
export type RelativeDistinguishedName = readonly NameAttributeValue[];

/** A distinguished name in the order of the certificate: country first, common name last. */
export type Name = readonly RelativeDistinguishedName[];

/** More than anybody's directory has; each costs comparison time. */
const MAX_ATTRIBUTES = 64;

/** The DER of a name, as a node for the writer. `checkName` must have passed it. */
export function nameNode(name: Name): DerNode {
  return sequence(...name.map((relative) => setOf(...relative.map(attributeNode))));
}

/**
 * The DER of a name (RFC 5280 §4.1.2.4). Values are written as UTF8String, or as the type their
 * attribute demands, or as they were read.
 *
 * @throws DomainError malformed for NUL, control and bidirectional characters, lengths, alphabets
 */
export function encodeName(name: Name, field = "subject"): Uint8Array<ArrayBuffer> {
  const violation = checkName(name, field);
  if (violation !== null) throw malformed(violation.field, violation.rule, violation.detail);
  return encodeDer(nameNode(name));
}

function attributeNode({ type, value, tag }: NameAttributeValue): DerNode {
  if (tag !== undefined && !isStringTag(tag)) return sequence(oid(type), fromHex(value.slice(1), "subject"));
  const wanted = tag ?? nameAttribute(type)?.tag ?? TAG.utf8String;
  return sequence(oid(type), stringNode(wanted, value));
}

function stringNode(tag: number, value: string): DerNode {
  if (tag !== TAG.bmpString && tag !== TAG.universalString && tag !== TAG.teletexString)
    return textElement(tag, value);
  const width = tag === TAG.bmpString ? 2 : tag === TAG.universalString ? 4 : 1;
  const octets: number[] = [];
  for (const character of value) {
    const code = character.codePointAt(0) as number;
    for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) octets.push((code >> shift) & 255);
  }
  return element(tag, Uint8Array.from(octets));
}

/** The name in a DER value; structure only, so that odd names of others can be shown and reported. */
export function readName(value: DerValue, what: string): Name {
  const name: RelativeDistinguishedName[] = [];
  let count = 0;
  for (const relative of value.expect(TAG.sequence, what).children) {
    const members = relative.expect(TAG.set, what).children;
    if (members.length === 0)
      relative.breach(what, "has an empty relative distinguished name", "rfc5280.4.1.2.4");
    if (count <= MAX_ATTRIBUTES && count + members.length > MAX_ATTRIBUTES)
      relative.breach(what, `has more than ${MAX_ATTRIBUTES} attributes`, "name.size");
    count += members.length;
    name.push(members.map((member) => readAttribute(member, what)));
  }
  return name;
}

function readAttribute(member: DerValue, what: string): NameAttributeValue {
  const fields = member.fields(what);
  const type = fields.next("attribute type").oid(what);
  const value = fields.next("attribute value");
  fields.end();
  if (!isStringTag(value.tag)) return { type, value: `#${toHex(value.der)}`, tag: value.tag };
  return { type, value: value.text(what), tag: value.tag };
}

/**
 * The name in DER bytes.
 *
 * @param field the input field that errors name
 * @throws DomainError malformed when it is not a name
 */
export function decodeName(der: Uint8Array, field = "subject"): Name {
  return readName(readDer(der, field), field);
}

/**
 * The rule a name breaks, if any: characters that deceive the reader, empty values, lengths and alphabets
 * of RFC 5280 Appendix A.
 */
export function checkName(name: Name, field = "subject"): Violation | null {
  for (const relative of name) {
    for (const attribute of relative) {
      const problem = problemOf(attribute);
      if (problem === null) continue;
      const label = nameAttribute(attribute.type)?.label ?? `Attribute ${attribute.type}`;
      return { field, rule: problem[0], detail: `${label} of the ${field} ${problem[1]}.` };
    }
  }
  return null;
}

function problemOf({ type, value, tag }: NameAttributeValue): [rule: string, problem: string] | null {
  if (tag !== undefined && !isStringTag(tag)) return null;
  const unsafe = unsafeCharacter(value);
  if (unsafe !== null) return ["name.characters", `contains ${unsafe}, which is not allowed in names`];
  if (value === "") return ["rfc5280.A.1.empty", "is empty"];
  const known = nameAttribute(type);
  if (known !== undefined && value.length > known.maxLength && [...value].length > known.maxLength) {
    return ["rfc5280.A.1.length", `is longer than ${known.maxLength} characters`];
  }
  const wanted = tag ?? known?.tag;
  if (wanted === TAG.printableString && !/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)) {
    return ["x680.printable-string", "may only have letters, digits and '()+,-./:=? (PrintableString)"];
  }
  if (wanted === TAG.ia5String && !/^[\x20-\x7E]*$/.test(value))
    return ["x680.ia5-string", "may only have ASCII characters"];
  if (type === "2.5.4.6" && !/^[A-Za-z]{2}$/.test(value))
    return ["rfc5280.A.1.country", "is not a two-letter country code"];
  return null;
}

/** RFC 4514 text of a name: last attribute first, deceiving characters escaped. For display, never for comparison. */
export function formatName(name: Name): string {
  let text = "";
  for (let index = name.length - 1; index >= 0; index--) {
    text += formatRelativeName(name[index] as RelativeDistinguishedName);
    if (index > 0) text += ",";
  }
  return text;
}

/**
 * A name from its RFC 4514 text, e.g. `CN=edge-7,O=Example` (the certificate will have O first).
 *
 * @throws DomainError malformed naming `field`
 */
export function parseName(text: string, field = "subject"): Name {
  if (text.length > 8192) throw malformed(field, "name.size", `The ${field} is longer than 8192 characters.`);
  const name = parseRelativeNames(text, field).reverse();
  if (name.flat().length > MAX_ATTRIBUTES) {
    throw malformed(field, "name.size", `The ${field} has more than ${MAX_ATTRIBUTES} attributes.`);
  }
  const violation = checkName(name, field);
  if (violation !== null) throw malformed(violation.field, violation.rule, violation.detail);
  return name;
}

/**
 * Whether two names are the same name (RFC 5280 §7.1): same relative names in the same order, values
 * compared after preparation (NFKC, case folded, white space folded), attributes of one set in any order.
 */
export function namesEqual(left: Name, right: Name): boolean {
  return (
    left.length === right.length &&
    left.every((relative, index) => relativeNamesEqual(relative, right[index]))
  );
}

/** The same for one relative distinguished name. */
export function relativeNamesEqual(
  left: RelativeDistinguishedName,
  right: RelativeDistinguishedName | undefined,
): boolean {
  if (right === undefined || left.length !== right.length) return false;
  if (left.length === 1)
    return comparable(left[0] as NameAttributeValue) === comparable(right[0] as NameAttributeValue);
  const rights = right.map(comparable).sort();
  return left
    .map(comparable)
    .sort()
    .every((text, index) => text === rights[index]);
}

function comparable({ type, value, tag }: NameAttributeValue): string {
  return tag !== undefined && !isStringTag(tag) ? `${type}#${value}` : `${type}=${comparableText(value)}`;
}

/** The last (most specific) common name, when there is one. */
export function commonName(name: Name): string | undefined {
  for (let index = name.length - 1; index >= 0; index--) {
    const found = name[index]?.find((attribute) => attribute.type === OID.commonName);
    if (found !== undefined) return found.value;
  }
  return undefined;
}
