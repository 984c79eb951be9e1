/**
 * TLS alerts by name, as OpenSSL writes them in errors and in its message of an alert (RFC 8446 §6, and RFC 5246 §7.2
 * for those that TLS 1.3 no longer has).
 */
const ALERTS: ReadonlyMap<string, number> = new Map([
  ["close notify", 0],
  ["unexpected message", 10],
  ["bad record mac", 20],
  ["decryption failed", 21],
  ["record overflow", 22],
  ["decompression failure", 30],
  ["handshake failure", 40],
  ["no certificate", 41],
  ["bad certificate", 42],
  ["unsupported certificate", 43],
  ["certificate revoked", 44],
  ["certificate expired", 45],
  ["certificate unknown", 46],
  ["illegal parameter", 47],
  ["unknown ca", 48],
  ["access denied", 49],
  ["decode error", 50],
  ["decrypt error", 51],
  ["export restriction", 60],
  ["protocol version", 70],
  ["insufficient security", 71],
  ["internal error", 80],
  ["inappropriate fallback", 86],
  ["user canceled", 90],
  ["user cancelled", 90],
  ["no renegotiation", 100],
  ["missing extension", 109],
  ["unsupported extension", 110],
  ["certificate unobtainable", 111],
  ["unrecognized name", 112],
  ["bad certificate status response", 113],
  ["bad certificate hash value", 114],
  ["unknown psk identity", 115],
  ["certificate required", 116],
  ["no application protocol", 120],
]);

const LONGEST_FIRST = [...ALERTS].sort(([a], [b]) => b.length - a.length);

/** The number of the alert whose name a text begins with. */
export function alertNumber(text: string): number | null {
  const lower = text.slice(0, 40).toLowerCase().replaceAll("_", " ");
  return LONGEST_FIRST.find(([name]) => lower.startsWith(name))?.[1] ?? null;
}
