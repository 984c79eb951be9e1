import { DomainError } from "../errors.ts";
import { mayHoldKey } from "./kept-bytes.ts";

/** Not readable; `body` is what stands there, empty where it may hold a private key. */
export interface UnreadablePart {
  kind: "unreadable";
  /** Where in the file: `PEM block 3`, `entry "web"`; empty when it is the whole file. */
  place: string;
  reason: string;
  body: Uint8Array;
}

/** Something that was found in a file of certificates. */
export type CertificatePart =
  | { kind: "certificate"; place: string; der: Uint8Array }
  | UnreadablePart
  /** Nothing is wrong: recognised, and not a certificate. Begins with a small letter. */
  | { kind: "note"; place: string; reason: string };

/** Why a private key is no certificate. */
export const KEY = "a private key, which is never kept";

/** Why a CRL is none. */
export const CRL = "a CRL, not a certificate; revocation lists are not imported yet";

/** A place within a place. */
export function joined(place: string, inner: string): string {
  return place === "" ? inner : `${place}, ${inner}`;
}

const NOTHING = new Uint8Array();

/**
 * A part that was recognised as certificates, and cannot be read. What stands there is kept, unless it may
 * hold a private key.
 *
 * @param why a sentence, or what a reader threw; anything but a DomainError is thrown on
 * @param octets what stands there; empty when none of it may be kept anyway
 */
export function unreadable(place: string, why: unknown, octets: Uint8Array): UnreadablePart {
  if (typeof why !== "string" && !(why instanceof DomainError)) throw why;
  const reason = typeof why === "string" ? why : why.message;
  if (mayHoldKey(octets)) return unrecognised(place, reason);
  return { kind: "unreadable", place, reason, body: octets };
}

/** A part that is no certificate that we know of: as it may be a key, it is not kept. */
export function unrecognised(place: string, reason: string): UnreadablePart {
  return { kind: "unreadable", place, reason: `${reason} ${NOT_KEPT}`, body: NOTHING };
}

const NOT_KEPT = "Its bytes are not kept: they may hold a private key.";
