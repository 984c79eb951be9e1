import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import { type ReadCertificate, readPresented } from "#lib/access/presented-certificate.ts";
import type { Database } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { isReference } from "#lib/reference.ts";
import { decodeBase64 } from "#lib/x509/base64.ts";
import { toHex } from "#lib/x509/hex.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** The certificate that a question is about: pasted, or one of the inventory. */
export type QuestionedCertificate =
  | {
      /** PEM, or DER in base64. */
      certificate: string;
    }
  | { certificateId: string };

/** Longer than any certificate that a proxy passes on in a header. */
const TEXT_MAX = 64 * 1024;

/**
 * Its DER.
 *
 * @throws DomainError `malformed`, `tooLarge`; `notFound` for an id of nothing; each naming the field
 */
export async function questionedDer(
  { read }: Database,
  questioned: QuestionedCertificate,
): Promise<Uint8Array> {
  if ("certificate" in questioned) return pastedDer(questioned.certificate);
  const { certificateId: id } = questioned;
  const row = isReference(id)
    ? await read.certificate.findUnique({ where: { id }, select: { body: true } })
    : null;
  if (row === null) throw new DomainError("notFound", "There is no such certificate.");
  return row.body;
}

function pastedDer(text: string): Uint8Array {
  if (text.length > TEXT_MAX) {
    const detail = "The certificate is longer than 64 KB.";
    const violations = [{ field: "certificate", rule: "certificate.size", detail }];
    throw new DomainError("tooLarge", detail, { violations });
  }
  if (!text.includes("-----BEGIN")) {
    const der = decodeBase64(text);
    if (der !== null && der.length > 0) return der;
    throw malformed("certificate", "certificate.encoding", "The certificate is neither PEM nor base64.");
  }
  const blocks = decodePem(text, { field: "certificate", allowComments: true, maxBlocks: 20 });
  const [first, second] = blocks;
  if (first?.label !== "CERTIFICATE") {
    throw malformed("certificate", "rfc7468.5", `This is a ${first?.label}, and no certificate.`);
  }
  if (second !== undefined) {
    throw malformed(
      "certificate",
      "certificate.several",
      `These are ${blocks.length} PEM blocks: paste the certificate of the client alone.`,
    );
  }
  return first.der;
}

/** What it says and who signed it. @throws DomainError `malformed` when it is no certificate */
export function readQuestioned(der: Uint8Array, issuers: KnownIssuers): ReadCertificate {
  const read = readPresented(der, (subject) => issuers.bySubject.get(toHex(subject)) ?? []);
  if (read !== null) return read;
  throw malformed("certificate", "certificate.unreadable", "This is no certificate that can be read.");
}
