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
  /** `document` is what it was taken out of, and holds `der`. */
  | { kind: "certificate"; place: string; der: Uint8Array; document: Uint8Array }
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
 * @param document what `octets` were taken out of: the head by which a key is known may stand before them
 */
export function unreadable(
  place: string,
  why: unknown,
  octets: Uint8Array,
  document: Uint8Array = octets,
): UnreadablePart {
  if (typeof why !== "string" && !(why instanceof DomainError)) throw why;
  const reason = typeof why === "string" ? why : why.message;
  if (octets.length > 0 && isSuspect(document)) return unrecognised(place, reason);
  return { kind: "unreadable", place, reason, body: octets };
}

/** Documents of many broken parts are searched once. */
const searched = new WeakMap<Uint8Array, boolean>();

function isSuspect(document: Uint8Array): boolean {
  const known = searched.get(document);
  if (known !== undefined) return known;
  const result = mayHoldKey(document);
  searched.set(document, result);
  return result;
}

/** A part that is no certificate that we know of: as it may be a key, it is not kept. */
export function unrecognised(place: string, reason: string): UnreadablePart {
  return { kind: "unreadable", place, reason: `${reason} ${NOT_KEPT}`, body: NOTHING };
}

const NOT_KEPT = "Its bytes are not kept: they may hold a private key.";
