/** Percent-decoding as proxies encode: a plus stays a plus, which base64 is full of. @returns null when it is none */
export function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
