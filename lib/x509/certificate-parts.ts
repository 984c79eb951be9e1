import { DomainError } from "../errors.ts";
import { archiveName } from "./archive-name.ts";
import { decodeBase64 } from "./base64.ts";
import { type BerElement, firstBerElement } from "./ber-walker.ts";
import { type CertificatePart, CRL, joined, KEY, unreadable, unrecognised } from "./certificate-part.ts";
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

/** A SEQUENCE, and not text that begins with the digit 0: a short one begins with no letter or digit. */
function isDer(octets: Uint8Array): boolean {
  const [tag, length = 0, inner = 0, innerLength = 0] = octets;
  if (tag !== 0x30) return false;
  if (length >= 0x80 || octets.length === length + 2) return true;
  return (
    inner === 0x02 || inner === 0x06 || (inner === 0x30 && innerLength < 0x20 && !isPadding(innerLength))
  );
}

async function* derParts(
  octets: Uint8Array,
  place: string,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  // Several documents may stand one behind the other.
  for (let at = 0; at < octets.length; at = behindPadding(octets, at)) {
    const rest = octets.subarray(at);
    const here = at === 0 ? place : joined(place, `byte ${at}`);
    if (rest[0] !== 0x30) return yield* behindDer(rest, place, here, password);
    const element = elementOrError(rest);
    if (element instanceof DomainError) return yield unrecognised(here, element.message);
    yield* documentParts(element, octets, here, password);
    at += element.octets.length;
  }
}

/** What follows a document and is none: PEM, or one thing that nobody knows, however many octets it has. */
async function* behindDer(
  rest: Uint8Array,
  place: string,
  here: string,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  let isPem = false;
  for await (const part of pemFileParts(rest, password)) {
    isPem = true;
    yield { ...part, place: joined(place, part.place) };
  }
  if (!isPem) yield unknown(here, rest);
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
  document: Uint8Array,
  place: string,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  const kind = derKind(element);
  const note = NOTES[kind];
  if (kind === "pkcs7") yield* pkcs7Parts(element.octets, document, place);
  else if (kind === "pkcs12") yield* pkcs12Parts(element.octets, place, password);
  else if (note !== undefined) yield { kind: "note", place, reason: note };
  else if (kind === "unknown") yield unknown(place, element.octets);
  else if (element.cut) {
    const reason = "The certificate ends too early: the file is cut off or damaged.";
    yield unreadable(place, reason, element.octets, document);
  } else yield { kind: "certificate", place, der: element.octets, document };
}

async function* textParts(
  octets: Uint8Array,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  const text = withoutUtf16(octets);
  let isPem = false;
  for await (const part of pemFileParts(text, password)) {
    isPem = true;
    yield part;
  }
  if (isPem) return;
  const der = text.length < 1 << 20 ? decodeBase64(Buffer.from(text).toString("latin1").trim()) : null;
  if (der !== null && isDer(der)) yield* derParts(der, "", password);
  else yield unknown("", octets);
}

/** Nothing when there is no PEM in it. */
async function* pemFileParts(
  text: Uint8Array,
  password: string | null,
): AsyncGenerator<CertificatePart, void, undefined> {
  let number = 0;
  for (const { label, der, octets, isClosed, problem } of pemBlocks(text)) {
    const place = `PEM block ${++number}`;
    if (/PRIVATE KEY/.test(label)) yield { kind: "note", place, reason: KEY };
    else if (label === "X509 CRL") yield { kind: "note", place, reason: CRL };
    else if (der === null) {
      const name = label === "" ? "A PEM block cannot be read." : `A PEM block ${label} cannot be read.`;
      const isOfCertificates = isClosed && /CERTIFICATE$|^PKCS ?#?7|^CMS$/.test(label);
      const reason = `${name} ${problem}`;
      yield isOfCertificates ? unreadable(place, reason, octets) : unrecognised(place, reason);
    } else if (/CERTIFICATE$/.test(label) || isDer(der)) {
      yield* pemParts(label, der, place, password);
    } else yield { kind: "note", place, reason: `a PEM block ${label}, not a certificate` };
  }
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
  return unrecognised(place, "It holds no certificate in a format that is read here.");
}

/** PEM that Windows saved as Unicode, with a byte order mark. */
function withoutUtf16(octets: Uint8Array): Uint8Array {
  const isLittle = octets[0] === 0xff && octets[1] === 0xfe;
  if (!isLittle && !(octets[0] === 0xfe && octets[1] === 0xff)) return octets;
  const text = new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(octets);
  return new TextEncoder().encode(text);
}

/** The place of what follows the blanks, line breaks and zeros that editors and transports leave behind. */
function behindPadding(octets: Uint8Array, start: number): number {
  let at = start;
  while (at < octets.length && isPadding(octets[at] as number)) at++;
  return at;
}

function isPadding(octet: number): boolean {
  return octet === 0 || octet === 10 || octet === 13 || octet === 32;
}
