import { DomainError } from "../errors.ts";
import { archiveName } from "./archive-name.ts";
import { decodeBase64 } from "./base64.ts";
import { type BerElement, firstBerElement } from "./ber-walker.ts";
import { type CertificatePart, CRL, joined, KEY, unreadable } from "./certificate-part.ts";
import { keyStoreParts, pkcs7Parts, pkcs12Parts } from "./container-parts.ts";
import { type DerKind, derKind } from "./der-kind.ts";
import { looksLikeKeyStore } from "./jks-reader.ts";
import { pemBlocks } from "./pem-blocks.ts";

const NOTES: Partial<Record<DerKind, string>> = {
  crl: CRL,
  request: "a certificate signing request, not a certificate",
  "private-key": KEY,
  "public-key": "a public key without a certificate",
};

const NOTHING = new Uint8Array();

/**
 * Finds the certificates in a file of whatever format: PEM, DER, base64 of DER, PKCS#7, PKCS#12, key stores
 * of Java. What is none is told part by part, so that a broken part hides none of the others.
 *
 * @param octets the whole file
 * @param password of PKCS#12 files and key stores; null when there is none
 */
export async function* certificateParts(
  octets: Uint8Array,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  if (octets.length === 0) {
    yield { kind: "unreadable", place: "", reason: "The file is empty.", body: NOTHING };
  } else if (looksLikeKeyStore(octets)) yield* keyStoreParts(octets, password);
  else if (isDer(octets)) yield* derParts(octets, "", password);
  else yield* textParts(octets, password);
}

/** A SEQUENCE of more than 127 octets, or a short one alone; text that begins with the digit 0 is neither. */
function isDer(octets: Uint8Array): boolean {
  const length = octets[1] ?? 0;
  return octets[0] === 0x30 && (length >= 0x80 || octets.length === length + 2);
}

async function* derParts(
  octets: Uint8Array,
  place: string,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  // Several documents may stand one behind the other.
  for (let at = 0; at < octets.length; ) {
    const rest = octets.subarray(at);
    if (at > 0 && isPadding(rest)) return;
    const here = at === 0 ? place : joined(place, `byte ${at}`);
    const element = elementOrError(rest);
    if (element instanceof DomainError) return yield unreadable(here, element, rest);
    yield* documentParts(element, here, password);
    at += element.octets.length;
  }
}

function elementOrError(octets: Uint8Array): BerElement | DomainError {
  try {
    return firstBerElement(octets, "file");
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

async function* documentParts(
  element: BerElement,
  place: string,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  const kind = derKind(element);
  const note = NOTES[kind];
  if (kind === "pkcs7") yield* pkcs7Parts(element.octets, place);
  else if (kind === "pkcs12") yield* pkcs12Parts(element.octets, place, password);
  else if (note !== undefined) yield { kind: "note", place, reason: note };
  else if (kind === "unknown") yield unknown(place, element.octets);
  else if (element.cut) {
    const reason = "The certificate ends too early: the file is cut off or damaged.";
    yield { kind: "unreadable", place, reason, body: element.octets };
  } else yield { kind: "certificate", place, der: element.octets };
}

async function* textParts(
  octets: Uint8Array,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  const text = withoutUtf16(octets);
  let number = 0;
  for (const { label, der, octets: block, problem } of pemBlocks(text)) {
    const place = `PEM block ${++number}`;
    if (/PRIVATE KEY/.test(label)) yield { kind: "note", place, reason: KEY };
    else if (label === "X509 CRL") yield { kind: "note", place, reason: CRL };
    else if (der === null) {
      const name = label === "" ? "A PEM block cannot be read." : `A PEM block ${label} cannot be read.`;
      yield { kind: "unreadable", place, reason: `${name} ${problem}`, body: withoutKeys(block) };
    } else if (/CERTIFICATE$/.test(label) || isDer(der)) {
      yield* pemParts(label, der, place, password);
    } else yield { kind: "note", place, reason: `a PEM block ${label}, not a certificate` };
  }
  if (number > 0) return;
  const der = text.length < 1 << 20 ? decodeBase64(Buffer.from(text).toString("latin1").trim()) : null;
  if (der !== null && isDer(der)) yield* derParts(der, "", password);
  else yield unknown("", octets);
}

async function* pemParts(
  label: string,
  der: Uint8Array,
  place: string,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  // OpenSSL puts what it trusts a certificate for behind it, in the same block.
  if (label !== "TRUSTED CERTIFICATE") return yield* derParts(der, place, password);
  for await (const part of derParts(der, place, password)) {
    yield { ...part, place };
    return;
  }
}

function unknown(place: string, octets: Uint8Array): CertificatePart {
  const archive = archiveName(octets);
  if (archive !== null) {
    const reason = `An archive (${archive}) inside of what was uploaded is not opened; unpack it and import its files.`;
    return { kind: "unreadable", place, reason, body: NOTHING };
  }
  return {
    kind: "unreadable",
    place,
    reason: "It holds no certificate in a format that is read here.",
    body: withoutKeys(octets),
  };
}

/** What may be a private key in some format of its own is not kept, not even to show what was wrong. */
function withoutKeys(octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  return KEY_WORDS.some((word) => text.includes(word)) ? NOTHING : octets;
}

const KEY_WORDS = ["PRIVATE", "Private-Lines", '"kty"', "AGE-SECRET-KEY"];

/** PEM that Windows saved as Unicode, with a byte order mark. */
function withoutUtf16(octets: Uint8Array): Uint8Array {
  const isLittle = octets[0] === 0xff && octets[1] === 0xfe;
  if (!isLittle && !(octets[0] === 0xfe && octets[1] === 0xff)) return octets;
  const text = new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(octets);
  return new TextEncoder().encode(text);
}

/** Blanks, line breaks and zeros that editors and transports leave behind. */
function isPadding(octets: Uint8Array): boolean {
  return octets.every((octet) => octet === 0 || octet === 10 || octet === 13 || octet === 32);
}
