import type { SeenCertificate } from "#lib/handshake/observation.ts";

const NOT_SEEN: SeenCertificate = {
  role: "leaf",
  subject: null,
  issuer: null,
  serial: null,
  sha1: null,
  sha256: null,
  notBefore: null,
  notAfter: null,
  names: [],
};

/** A certificate of which only some things are said. @returns null when nothing is */
export function seenCertificate(said: Partial<SeenCertificate>): SeenCertificate | null {
  const { role: _, names = [], ...rest } = said;
  const isSeen =
    names.length > 0 || Object.values(rest).some((value) => value !== null && value !== undefined);
  return isSeen ? { ...NOT_SEEN, ...said } : null;
}

const HEX = /^-?[0-9a-f]{1,128}$/;

/** `4C2B`, `0x4c2b` or `00:4C:2B` as lower-case hex without leading zeros. @returns null when it is none */
export function hexSerial(text: string | null): string | null {
  if (text === null || text.length > 300) return null;
  const hex = text.toLowerCase().replace(/^0x/, "").replaceAll(":", "");
  return HEX.test(hex) ? hex.replace(/^(-?)0+(?=[0-9a-f])/, "$1") : null;
}

/** @returns null when it is not of that many octets */
export function hexFingerprint(text: string | null, octets: 20 | 32): string | null {
  if (text === null || text.length > 100) return null;
  const hex = text.toLowerCase().replaceAll(":", "");
  return hex.length === octets * 2 && HEX.test(hex) ? hex : null;
}
