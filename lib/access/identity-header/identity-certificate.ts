import type { CertificateFault } from "#lib/access/decide/request.ts";

/** The certificates that a proxy says its client presented, DER; not looked into yet. */
export interface IdentityCertificate {
  leaf: Uint8Array;
  /** Above the leaf, in the order of the handshake. */
  chain: readonly Uint8Array[];
}

export type IdentityResult = IdentityCertificate | CertificateFault;

/** All headers of a request, names in lower case; one that came several times has several values. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A header that holds more than this is not read: an ML-DSA certificate takes 8 KB percent-encoded. */
export const HEADER_LENGTH_MAX = 64 * 1024;

/** Certificates in a chain; no sensible one is longer. */
export const CHAIN_MAX = 10;

/**
 * The one value of a header.
 *
 * @returns `absent` for none or an empty one; `several` when it came more than once: one of them may be forged;
 *   `unreadable` when it is too long
 */
export function onlyValue(headers: RequestHeaders, name: string): { value: string } | CertificateFault {
  const given = headers[name];
  const all = given === undefined ? [] : typeof given === "string" ? [given] : given;
  if (all.length > 1) return "several";
  const value = all[0]?.trim() ?? "";
  if (value === "") return "absent";
  return value.length > HEADER_LENGTH_MAX ? "unreadable" : { value };
}
