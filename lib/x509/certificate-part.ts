import { DomainError } from "../errors.ts";

/** Something that was found in a file of certificates. */
export type CertificatePart = {
  /** Where in the file: `PEM block 3`, `entry "web"`; empty when it is the whole file. */
  place: string;
} & (
  | { kind: "certificate"; der: Uint8Array }
  /** Not readable; `body` is what stands there, empty where it may hold a private key. */
  | { kind: "unreadable"; reason: string; body: Uint8Array }
  /** Nothing is wrong: recognised, and not a certificate. Begins with a small letter. */
  | { kind: "note"; reason: string }
);

/** Why a private key is no certificate. */
export const KEY = "a private key, which is never kept";

/** Why a CRL is none. */
export const CRL = "a CRL, not a certificate; revocation lists are not imported yet";

/** A place within a place. */
export function joined(place: string, inner: string): string {
  return place === "" ? inner : `${place}, ${inner}`;
}

/** A part that a reader refused. */
export function unreadable(place: string, error: unknown, body: Uint8Array): CertificatePart {
  if (!(error instanceof DomainError)) throw error;
  return { kind: "unreadable", place, reason: error.message, body };
}
