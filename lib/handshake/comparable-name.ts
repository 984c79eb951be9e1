import type { Name } from "#lib/x509/name.ts";
import { nameAttributeOfText } from "#lib/x509/name-attributes.ts";
import { comparableText } from "#lib/x509/name-preparation.ts";
import { nameValue } from "./name-value.ts";

/** Longer texts are no names; a proxy that cuts names off has cut it already. */
const NAME_MAX = 8_192;

const ATTRIBUTES_MAX = 64;

/**
 * One form for a distinguished name, whoever wrote it: nginx and Apache as RFC 2253 (`CN=a,O=b`), HAProxy with slashes
 * (`/O=b/CN=a`), stunnel root first (`O=b, CN=a`), OpenSSL's tools with blanks (`O = b, CN = a`) or quotes
 * (`O = "b, c"`). Attributes are sorted, since the text does not say in which order it stands; values are compared as
 * RFC 5280 §7.1 wants it.
 *
 * @returns null when it is no name
 */
export function comparableName(text: string): string | null {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const comparable = compared(text);
  if (text.length <= KEPT_LENGTH) {
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(text, comparable);
  }
  return comparable;
}

/** Issuers, and clients that fail again, have the same name in every line. */
const kept = new Map<string, string | null>();
const KEPT_MAX = 4_000;
const KEPT_LENGTH = 400;

function compared(text: string): string | null {
  const trimmed = text.length > NAME_MAX ? "" : text.trim();
  const starts = attributeStarts(trimmed, trimmed.startsWith("/"));
  if (starts.length === 0 || starts.length > ATTRIBUTES_MAX) return null;
  const attributes = starts.map(({ type, from }, index) => {
    const end = starts[index + 1]?.at ?? trimmed.length;
    return `${typeKey(type)}=${comparableText(nameValue(trimmed.slice(from, end)))}`;
  });
  return attributes.sort().join("\n");
}

/** The same for a name that was read from a certificate. */
export function comparableOf(name: Name): string {
  return name
    .flatMap((relative) => relative.map(({ type, value }) => `${type}=${comparableText(value)}`))
    .sort()
    .join("\n");
}

interface AttributeStart {
  type: string;
  /** Where its separator stands, and where its value begins. */
  at: number;
  from: number;
}

/** A type and its equals sign: dotted, or a word that is known. */
const TYPE = / ?([A-Za-z][A-Za-z0-9-]{0,39}|\d{1,10}(?:\.\d{1,10}){1,12}) ?=/y;

/**
 * Where attributes begin: at the start, and behind each separator that a type follows. Values with separators in them
 * are written bare by HAProxy, so that a separator before anything else belongs to the value.
 */
function attributeStarts(text: string, isSlashed: boolean): AttributeStart[] {
  const starts: AttributeStart[] = [];
  let isQuoted = false;
  for (let at = isSlashed ? 0 : -1; at < text.length; at++) {
    const character = text[at];
    if (!isSlashed && character === "\\") at++;
    else if (!isSlashed && character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (at === -1 || isSeparator(character, isSlashed))) {
      TYPE.lastIndex = at + 1;
      const type = TYPE.exec(text)?.[1];
      if (type === undefined || !(isDotted(type) || nameAttributeOfText(type) !== undefined)) continue;
      starts.push({ type, at, from: TYPE.lastIndex });
      if (starts.length > ATTRIBUTES_MAX) return starts;
      at = TYPE.lastIndex - 1;
    }
  }
  // What stands before the first attribute would be lost: then it is something else.
  return (starts[0]?.at ?? 0) <= 0 ? starts : [];
}

function isSeparator(character: string | undefined, isSlashed: boolean): boolean {
  if (isSlashed) return character === "/" || character === "+";
  return character === "," || character === "+" || character === ";";
}

const isDotted = (type: string) => type.includes(".");

const typeKey = (type: string) => nameAttributeOfText(type)?.oid ?? type;
