/** No log is nested deeper; what is, was made to be. */
export const JSON_DEPTH_MAX = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** Whether JSON is nested too deeply to be read. Looks at the text only, so that nothing recurses. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (isOpening(code) && ++depth > JSON_DEPTH_MAX) return true;
    else if (isClosing(code)) depth--;
  }
  return false;
}

/** A body that is full of lines has fewer values; each takes up some fifty bytes when it is read. */
export const JSON_VALUES_MAX = 2_000_000;

/** Whether JSON has more values than are read at once: packed, a few kilobytes may be some ten million. */
export function hasTooManyValues(text: string): boolean {
  if (text.length <= JSON_VALUES_MAX) return false;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if ((code === COMMA || isOpening(code)) && ++values > JSON_VALUES_MAX) return true;
  }
  return false;
}

/**
 * Objects that stand one behind another without anything between, as Fluent Bit's `json_stream` sends them.
 *
 * @returns the parts; what stands behind the last whole one is a part too
 */
export function objectsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (isOpening(code)) depth++;
    else if (isClosing(code) && --depth === 0) {
      parts.push(text.slice(start, at + 1).trim());
      start = at + 1;
    }
  }
  const rest = text.slice(start).trim();
  return rest === "" ? parts : [...parts, rest];
}

/** Where a text of JSON that begins there ends. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

const isOpening = (code: number) => code === 0x7b || code === 0x5b;
const isClosing = (code: number) => code === 0x7d || code === 0x5d;
