/** Structured data of RFC 5424 §6.3: `-`, or `[id name="value" …]` one or more times. */

/** @returns null when there is none at this place */
export function endOfStructuredData(text: string, start: number): number | null {
  if (text[start] === "-") return start + 1;
  let at = start;
  while (text[at] === "[") {
    const end = endOfElement(text, at);
    if (end === null) return null;
    at = end;
  }
  return at === start ? null : at;
}

/** `"`, `\\` and `]` are escaped in a value. */
function endOfElement(text: string, start: number): number | null {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === "\\") at++;
    else if (character === '"') quoted = !quoted;
    else if (character === "]" && !quoted) return at + 1;
  }
  return null;
}

/** HEADER and the blank behind it: priority, version, and five fields. */
const HEADER = /^<\d{1,3}>1 (?:[^ ]{1,255} ){5}/;

/** An element, as a sender wrote it. */
export interface StructuredElement {
  /** Where it begins in the message and where it ends. */
  start: number;
  end: number;
  /** As they came: what was escaped is so still. */
  parameters: ReadonlyMap<string, string>;
}

/**
 * Finds an element by its id.
 *
 * @param text a whole message
 * @returns null when the message is none of RFC 5424, or has no such element
 */
export function structuredElement(text: string, id: string): StructuredElement | null {
  const header = HEADER.exec(text)?.[0];
  if (header === undefined) return null;
  let start = header.length;
  while (text[start] === "[") {
    const end = endOfElement(text, start);
    if (end === null) return null;
    const element = text.slice(start + 1, end - 1);
    if (element === id || element.startsWith(`${id} `)) {
      return { start, end, parameters: parametersOf(element) };
    }
    start = end;
  }
  return null;
}

const PARAMETER = /([^ ="\]]{1,32})="((?:[^"\\]|\\.)*)"/g;

function parametersOf(element: string): Map<string, string> {
  return new Map([...element.matchAll(PARAMETER)].map(([, name = "", value = ""]) => [name, value]));
}
