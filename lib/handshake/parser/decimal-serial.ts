/** A serial number that is written in decimal, as Go does, in lower-case hex. Null when it is none. */
export function decimalSerial(text: string | null): string | null {
  return text !== null && /^\d{1,160}$/.test(text) ? BigInt(text).toString(16) : null;
}
