import { malformed } from "../errors.ts";
import { extensionNode } from "./certificate-extensions.ts";
import {
  bitString,
  context,
  contextPrimitive,
  type DerNode,
  derHeader,
  element,
  encodeDer,
  generalizedTime,
  integer,
  sequence,
  TAG,
  time,
} from "./der-writer.ts";
import { fromHex } from "./hex.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { OID } from "./oids.ts";
import { REVOCATION_REASONS, type RevocationReason } from "./revocation-reason.ts";
import { SERIAL_OCTETS_MAX, serialContent } from "./serial-text.ts";
import { signatureAlgorithmFor } from "./signature-algorithm.ts";

/** One revoked certificate. */
export interface CrlEntryInput {
  /** Lower-case hexadecimal. */
  serial: string;
  /** Whole seconds; fractions are cut off. */
  revokedAt: Date;
  reason: RevocationReason;
  /** From when on the certificate is to be distrusted, when that is known to be earlier. */
  invalidAt: Date | null;
}

/**
 * One entry of revokedCertificates (RFC 5280 §5.1.2.6), finished. The reason is left out when it is
 * unspecified (§5.3.1). A million entries take less than a second.
 *
 * @throws DomainError malformed when the serial number is not hexadecimal or has more than 64 octets
 */
export function crlEntry(entry: CrlEntryInput): Uint8Array<ArrayBuffer> {
  const serial = serialContent(entry.serial);
  if (serial.length > SERIAL_OCTETS_MAX) {
    throw malformed("serialNumber", "rfc5280.4.1.2.2", "The serial number is absurdly long.");
  }
  const revokedAt = time(entry.revokedAt);
  const extensions = entryExtensions(entry.reason, entry.invalidAt);
  // By hand, as a tree costs more than what is in it. All of it has less than 128 octets.
  const length = 2 + serial.length + revokedAt.length + extensions.length;
  const der = new Uint8Array(2 + length);
  der[0] = TAG.sequence;
  der[1] = length;
  der[2] = TAG.integer;
  der[3] = serial.length;
  der.set(serial, 4);
  der.set(revokedAt, 4 + serial.length);
  der.set(extensions, 4 + serial.length + revokedAt.length);
  return der;
}

const NO_EXTENSIONS = new Uint8Array();

/** The extensions of entries with a reason alone, encoded once each. */
const REASON_ONLY = new Map<RevocationReason, Uint8Array>();

function entryExtensions(reason: RevocationReason, invalidAt: Date | null): Uint8Array {
  if (invalidAt !== null) {
    const since = extensionNode(OID.invalidityDate, false, generalizedTime(invalidAt));
    return encodeDer(reason === "unspecified" ? sequence(since) : sequence(reasonNode(reason), since));
  }
  if (reason === "unspecified") return NO_EXTENSIONS;
  let encoded = REASON_ONLY.get(reason);
  if (encoded === undefined) {
    encoded = encodeDer(sequence(reasonNode(reason)));
    REASON_ONLY.set(reason, encoded);
  }
  return encoded;
}

function reasonNode(reason: RevocationReason): DerNode {
  const code = element(TAG.enumerated, Uint8Array.of(REVOCATION_REASONS[reason].code));
  return extensionNode(OID.crlReason, false, code);
}

/** Everything a complete CRL says. There are no defaults: the caller decides each field. */
export interface TbsCrlInput {
  /** DER of the issuer's subject name, as its certificate has it. */
  issuer: Uint8Array;
  /** The kind of key the issuer signs with. */
  signatureAlgorithm: KeyAlgorithm;
  /** Whole seconds; fractions are cut off. */
  thisUpdate: Date;
  nextUpdate: Date;
  /** Blocks of finished entries, in any number: each entry for itself, or many in one block. */
  entries: readonly Uint8Array[];
  /** Key identifier of the issuer. */
  authorityKeyIdentifier: Uint8Array;
  /** Never lower than the one before (RFC 5280 §5.2.3). */
  number: bigint;
}

const VERSION_2 = encodeDer(integer(1));

/** What stands before and after something long, so that it is enclosed without being copied. */
export interface CrlFrame {
  before: Uint8Array<ArrayBuffer>;
  after: Uint8Array<ArrayBuffer>;
}

/**
 * The bytes to be signed of a complete version 2 CRL (RFC 5280 §5.1). There is no issuing distribution point: NSS
 * refuses a critical one. revokedCertificates is absent when nothing is revoked (§5.1.2.6).
 */
export function encodeTbsCrl({ entries, ...facts }: TbsCrlInput): Uint8Array<ArrayBuffer> {
  const { before, after } = tbsCrlFrame(facts, octetsOf(entries));
  return joined([before, ...entries, after]);
}

/** The same round entries that are written elsewhere. @param length octets of all of them */
export function tbsCrlFrame(input: Omit<TbsCrlInput, "entries">, length: number): CrlFrame {
  const head = [
    VERSION_2,
    signatureAlgorithmFor(input.signatureAlgorithm).der,
    input.issuer,
    encodeDer(time(input.thisUpdate)),
    encodeDer(time(input.nextUpdate)),
    ...(length > 0 ? [derHeader(TAG.sequence, length)] : []),
  ];
  const after = encodeDer(
    context(
      0,
      sequence(
        extensionNode(
          OID.authorityKeyIdentifier,
          false,
          sequence(contextPrimitive(0, input.authorityKeyIdentifier)),
        ),
        extensionNode(OID.crlNumber, false, numberNode(input.number)),
      ),
    ),
  );
  const whole = octetsOf(head) + length + after.length;
  return { before: joined([derHeader(TAG.sequence, whole), ...head]), after };
}

function octetsOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(octetsOf(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** CRLNumber: not negative, at most 20 octets, which no count reaches (RFC 5280 §5.2.3). */
function numberNode(number: bigint): DerNode {
  if (number < 0n) throw new TypeError("a CRL number is not negative");
  const digits = number.toString(16);
  return integer(fromHex(digits.length % 2 === 0 ? digits : `0${digits}`));
}

/** The CRL: to-be-signed bytes, the algorithm of the issuer's key, and its signature. */
export function assembleCrl(
  tbs: Uint8Array,
  algorithm: KeyAlgorithm,
  signature: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { before, after } = crlFrame(tbs.length, algorithm, signature);
  return joined([before, tbs, after]);
}

/** The same round to-be-signed bytes that are written elsewhere. @param length octets of them */
export function crlFrame(length: number, algorithm: KeyAlgorithm, signature: Uint8Array): CrlFrame {
  const after = joined([signatureAlgorithmFor(algorithm).der, encodeDer(bitString(signature))]);
  return { before: derHeader(TAG.sequence, length + after.length), after };
}
