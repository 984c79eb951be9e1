import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";
import { commonName, formatName } from "#lib/x509/name.ts";
import { unsafeCharacter } from "#lib/x509/unsafe-character.ts";

/** A name by which a certificate is found. */
export interface NewName {
  /** `dns`, `ip`, `uri`, `email`, or `cn` for a common name that is none of them. */
  type: string;
  /** Lower case. */
  value: string;
}

/** More names than this of one certificate are not searched by; its page shows them all. */
export const SEARCHED_NAMES_MAX = 5_000;

/** An index of PostgreSQL holds some 2,700 bytes. */
const NAME_MAX = 500;

const SEARCHED: ReadonlySet<string> = new Set(["dns", "ip", "uri", "email"]);

/** The names by which a foreign certificate is found, each once. */
export function namesOf({ names, subject }: Pick<ParsedCertificate, "names" | "subject">): NewName[] {
  const found = new Map<string, NewName>();
  const values = new Set<string>();
  const add = (type: string, text: string) => {
    const value = shownText(text.toLowerCase(), NAME_MAX);
    if (value === "") return;
    found.set(`${type} ${value}`, { type, value });
    values.add(value);
  };
  for (const { type, value } of names) {
    if (found.size >= SEARCHED_NAMES_MAX) break;
    if (SEARCHED.has(type)) add(type, value);
  }
  const common = commonName(subject);
  if (common !== undefined && !values.has(shownText(common.toLowerCase(), NAME_MAX))) add("cn", common);
  return [...found.values()];
}

/** The name under which lists show a foreign certificate; it is never empty. */
export function displayNameOf({
  names,
  subject,
  serialNumber,
}: Pick<ParsedCertificate, "names" | "subject" | "serialNumber">): string {
  const candidates = [commonName(subject), names[0]?.value, formatName(subject), `serial ${serialNumber}`];
  const name = candidates.find((candidate) => candidate !== undefined && candidate.trim() !== "") ?? "";
  return shownText(name, NAME_MAX);
}

/** Text of others as we keep it: what a reader would not see as it is (and a database not hold) is U+FFFD. */
export function shownText(text: string, max: number): string {
  if (unsafeCharacter(text) === null && text.length <= max) return text;
  let shown = "";
  let count = 0;
  for (const character of text) {
    if (count++ === max) break;
    shown += unsafeCharacter(character) === null ? character : "\uFFFD";
  }
  return shown;
}
