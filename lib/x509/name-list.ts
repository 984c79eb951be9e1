import type { GeneralName } from "./general-name.ts";
import { parseIp } from "./ip-address.ts";

/** Prefixes with which openssl's configuration and `x509 -text` mark the type. */
const MARKS: Record<string, GeneralName["type"]> = {
  dns: "dns",
  ip: "ip",
  "ip address": "ip",
  uri: "uri",
  email: "email",
};

/** The type that a name most probably has, as people write it. */
export function guessNameType(value: string): GeneralName["type"] {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || /^urn:/i.test(value)) return "uri";
  if (value.includes("@")) return "email";
  return parseIp(value) === null ? "dns" : "ip";
}

/**
 * The names in a pasted list: separated by commas, semicolons, blanks or line breaks, perhaps with
 * openssl's marks (`DNS:api.example, IP Address:192.0.2.1`). Each name once.
 */
export function parseNameList(text: string): GeneralName[] {
  const found = new Map<string, GeneralName>();
  // "IP Address:" has the only blank that separates nothing.
  for (const part of text.replaceAll(/\bIP Address:/gi, "IP:").split(/[\s,;]+/)) {
    const unquoted = part.replace(/^["'[]+|["'\]]+$/g, "");
    if (unquoted === "") continue;
    const name = namedType(unquoted) ?? { type: guessNameType(unquoted), value: unquoted };
    found.set(`${name.type}:${name.value.toLowerCase()}`, name);
  }
  return [...found.values()];
}

function namedType(part: string): GeneralName | null {
  const [, mark = "", value = ""] = /^([a-z ]+):(?!\/\/)(.+)$/i.exec(part) ?? [];
  const type = MARKS[mark.toLowerCase()];
  return type === undefined ? null : { type, value };
}
