import { malformed } from "../errors.ts";
import { readDer } from "./der-reader.ts";
import { isStringTag } from "./der-text.ts";
import { isOid } from "./der-writer.ts";
import { fromHex, toHex } from "./hex.ts";
import type { NameAttributeValue, RelativeDistinguishedName } from "./name.ts";
import { nameAttribute, nameAttributeOfText } from "./name-attributes.ts";
import { unsafeCharacter } from "./unsafe-character.ts";

/** RFC 4514 §2.2-2.4 text of one relative distinguished name. */
export function formatRelativeName(relative: RelativeDistinguishedName): string {
  return relative.map(formatAttribute).join("+");
}

function formatAttribute({ type, value, tag }: NameAttributeValue): string {
  const descriptor = nameAttribute(type)?.short ?? type;
  return `${descriptor}=${tag !== undefined && !isStringTag(tag) ? value : escapeValue(value)}`;
}

function escapeValue(value: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9 .:_/@*-]*[A-Za-z0-9.]$/.test(value)) return value;
  const characters = [...value];
  return characters.map((character, index) => escapeCharacter(character, index, characters.length)).join("");
}

function escapeCharacter(character: string, index: number, count: number): string {
  if ('"+,;<>\\'.includes(character)) return `\\${character}`;
  if (index === 0 && (character === "#" || character === " ")) return `\\${character}`;
  if (index === count - 1 && character === " ") return "\\ ";
  if (unsafeCharacter(character) === null) return character;
  return [...new TextEncoder().encode(character)].map((octet) => `\\${toHex(Uint8Array.of(octet))}`).join("");
}

/**
 * The relative names of RFC 4514 text in the order of the text (most specific first). Blanks round
 * separators are allowed, as people type them.
 *
 * @throws DomainError malformed naming `field`
 */
export function parseRelativeNames(text: string, field: string): RelativeDistinguishedName[] {
  const cursor = { text, at: 0, field };
  const names: NameAttributeValue[][] = [];
  skipBlanks(cursor);
  if (cursor.at === text.length) return names;
  let current: NameAttributeValue[] = [];
  names.push(current);
  for (;;) {
    current.push(parseAttribute(cursor));
    if (cursor.at === text.length) return names;
    const separator = text[cursor.at++];
    if (separator === ",") {
      current = [];
      names.push(current);
    }
    skipBlanks(cursor);
  }
}

interface Cursor {
  readonly text: string;
  readonly field: string;
  at: number;
}

function parseAttribute(cursor: Cursor): NameAttributeValue {
  const { text, field } = cursor;
  const equals = text.indexOf("=", cursor.at);
  if (equals < 0) throw syntax(field, `"${excerpt(text, cursor.at)}" is not of the form type=value`);
  const typeText = text.slice(cursor.at, equals).trim();
  const type = isOid(typeText) ? typeText : nameAttributeOfText(typeText)?.oid;
  if (type === undefined) {
    throw malformed(
      field,
      "rfc4514.type",
      `The ${field} has the unknown attribute type "${excerpt(typeText, 0)}".`,
    );
  }
  cursor.at = equals + 1;
  skipBlanks(cursor);
  return text[cursor.at] === "#" ? { type, ...parseHexValue(cursor) } : { type, value: parseValue(cursor) };
}

/** `#` and the DER of the value (RFC 4514 §2.4). */
function parseHexValue(cursor: Cursor): { value: string; tag: number } {
  const start = cursor.at + 1;
  while (cursor.at < cursor.text.length && !",+".includes(cursor.text[cursor.at] as string)) cursor.at++;
  const digits = cursor.text.slice(start, cursor.at).trim();
  const value = readDer(fromHex(digits, cursor.field), cursor.field);
  if (isStringTag(value.tag)) return { value: value.text(cursor.field), tag: value.tag };
  return { value: `#${digits.toLowerCase()}`, tag: value.tag };
}

function parseValue(cursor: Cursor): string {
  const { text, field } = cursor;
  let value = "";
  let kept = 0;
  while (cursor.at < text.length) {
    const character = text[cursor.at] as string;
    if (character === "," || character === "+") break;
    if ('";<>'.includes(character))
      throw syntax(field, `the character ${character} must be written as \\${character}`);
    if (character === "\\") {
      value += parseEscape(cursor);
      kept = value.length;
    } else {
      value += character;
      cursor.at++;
      if (character !== " ") kept = value.length;
    }
  }
  // Blanks at the end belong to the layout unless they were escaped.
  return value.slice(0, kept);
}

function parseEscape(cursor: Cursor): string {
  const { text, field } = cursor;
  const octets: number[] = [];
  while (/^\\[0-9a-fA-F]{2}/.test(text.slice(cursor.at, cursor.at + 3))) {
    octets.push(Number.parseInt(text.slice(cursor.at + 1, cursor.at + 3), 16));
    cursor.at += 3;
  }
  if (octets.length > 0) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(octets));
    } catch (cause) {
      throw malformed(field, "rfc4514.syntax", `The ${field} has \\XX escapes that are not UTF-8.`, cause);
    }
  }
  const escaped = text[cursor.at + 1];
  if (escaped === undefined || !'"+,;<>\\ #='.includes(escaped))
    throw syntax(field, "a backslash must be followed by a special character or two hexadecimal digits");
  cursor.at += 2;
  return escaped;
}

function skipBlanks(cursor: Cursor): void {
  while (cursor.text[cursor.at] === " ") cursor.at++;
}

function syntax(field: string, problem: string) {
  return malformed(field, "rfc4514.syntax", `The ${field} is not a distinguished name: ${problem}.`);
}

function excerpt(text: string, at: number): string {
  return [...text.slice(at, at + 40)]
    .map((character) => (unsafeCharacter(character) === null ? character : "\uFFFD"))
    .join("");
}
