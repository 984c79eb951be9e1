import { TAG } from "./der-writer.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The string types of a DirectoryString and the few others that names carry. */
const STRING_TAGS: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.ia5String,
  TAG.teletexString,
  TAG.bmpString,
  TAG.universalString,
  TAG.numericString,
  TAG.visibleString,
]);

/** Whether the tag is one of the character string types that `decodeText` reads. */
export function isStringTag(tag: number): boolean {
  return STRING_TAGS.has(tag);
}

/**
 * Text of a character string. TeletexString is read as Latin-1, as every implementation does.
 *
 * @returns null when the octets are no text of that type
 */
export function decodeText(tag: number, content: Uint8Array): string | null {
  switch (tag) {
    case TAG.utf8String:
      return decodeUtf8(content);
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.numericString:
    case TAG.visibleString:
      return latin1(content, 0x7f);
    case TAG.teletexString:
      return latin1(content, 0xff);
    case TAG.bmpString:
      return wide(content, 2);
    case TAG.universalString:
      return wide(content, 4);
    default:
      return null;
  }
}

function decodeUtf8(content: Uint8Array): string | null {
  const ascii = latin1(content, 0x7f);
  if (ascii !== null) return ascii;
  try {
    return utf8.decode(content);
  } catch {
    return null;
  }
}

/** Octets that are no text of their type, each as the character of its number: something to show. */
export function decodeLatin1(content: Uint8Array): string {
  return latin1(content, 0xff) ?? "";
}

function latin1(content: Uint8Array, highest: number): string | null {
  let text = "";
  for (let index = 0; index < content.length; index++) {
    const code = content[index] as number;
    if (code > highest) return null;
    text += String.fromCharCode(code);
  }
  return text;
}

function wide(content: Uint8Array, width: 2 | 4): string | null {
  if (content.length % width !== 0) return null;
  let text = "";
  for (let index = 0; index < content.length; index += width) {
    let code = 0;
    for (let octet = 0; octet < width; octet++) code = code * 256 + (content[index + octet] as number);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
    text += String.fromCodePoint(code);
  }
  return text;
}
