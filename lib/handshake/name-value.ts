import { fromHex } from "#lib/x509/hex.ts";

/**
 * The value of an attribute as a log writes it: quotes round it taken off, `\,` and `\"` as they are meant, `\C3\BC` and
 * `\xC3\xBC` as the UTF-8 that they are, `#0c03…` as the text in that DER. Never throws.
 */
export function nameValue(written: string): string {
  const text = written.trim();
  if (text.startsWith("#")) return textOfDer(text.slice(1)) ?? text;
  const bare = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  if (!bare.includes("\\")) return bare;
  let value = "";
  for (let at = 0; at < bare.length; ) {
    const next = bare.indexOf("\\", at);
    if (next < 0) return value + bare.slice(at);
    value += bare.slice(at, next);
    const octets = octetsAt(bare, next);
    value += octets.values.length > 0 ? utf8(octets.values) : (bare[next + 1] ?? "");
    at = octets.values.length > 0 ? octets.end : next + 2;
  }
  return value;
}

const OCTET = /\\x?([0-9A-Fa-f]{2})/y;

/** The run of escaped octets that begins there. */
function octetsAt(text: string, at: number): { values: number[]; end: number } {
  const values: number[] = [];
  let end = at;
  for (;;) {
    OCTET.lastIndex = end;
    const digits = OCTET.exec(text)?.[1];
    if (digits === undefined) return { values, end };
    values.push(Number.parseInt(digits, 16));
    end = OCTET.lastIndex;
  }
}

const utf8 = (octets: readonly number[]) => new TextDecoder().decode(Uint8Array.from(octets));

/** UTF8String, PrintableString, T61String and IA5String of up to 127 octets (RFC 4514 §2.4). */
const TEXT_TAGS: ReadonlySet<number | undefined> = new Set([0x0c, 0x13, 0x14, 0x16]);

function textOfDer(digits: string): string | null {
  if (digits.length > 260 || digits.length % 2 === 1 || !/^[0-9A-Fa-f]+$/.test(digits)) return null;
  const der = fromHex(digits, "name");
  return TEXT_TAGS.has(der[0]) && der[1] === der.length - 2
    ? new TextDecoder().decode(der.subarray(2))
    : null;
}
