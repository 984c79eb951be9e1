const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|(["\\bnrtv]))/g;
const LETTERS: Readonly<Record<string, string>> = { b: "\b", n: "\n", r: "\r", t: "\t", v: "\v" };
const BYTES = /[\x80-\xff]+/g;
const UTF8 = new TextDecoder();

/**
 * Undoes what Apache does to a text that it logs: `\"`, `\\`, `\n` and the like, and `\xc3\xbc` for bytes that are no
 * ASCII. Bytes that are no UTF-8 are replaced.
 */
export function logUnescaped(text: string): string {
  if (!text.includes("\\")) return text;
  // Characters that stood there unescaped are kept out of the way of bytes that were escaped.
  const parts: string[] = [];
  let from = 0;
  let bytes = "";
  for (const match of text.matchAll(ESCAPE)) {
    const [whole, hex, letter = ""] = match;
    const between = text.slice(from, match.index);
    from = match.index + whole.length;
    if (between !== "" || hex === undefined) {
      parts.push(decoded(bytes), between);
      bytes = "";
    }
    if (hex === undefined) parts.push(LETTERS[letter] ?? letter);
    else bytes += String.fromCharCode(Number.parseInt(hex, 16));
  }
  parts.push(decoded(bytes), text.slice(from));
  return parts.join("");
}

function decoded(bytes: string): string {
  return bytes.replace(BYTES, (run) => UTF8.decode(Uint8Array.from(run, (each) => each.charCodeAt(0))));
}
