import type { CredentialInput } from "#lib/access/credential-input.ts";
import { enterCertificates } from "#lib/access/enter-certificates.ts";
import { unsoundProof } from "#lib/access/unsound-proof.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { malformed, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { decodeBase64 } from "#lib/x509/base64.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { decodePem } from "#lib/x509/pem.ts";
import { UNSOUND_RULE } from "./proof-draft.ts";

/** A certificate that there is, of the inventory or pasted (PEM, or DER in base64). */
export type KnownCertificate = {
  kind: "certificate" | "key";
  /** That one is meant with which nobody gets in as things are. */
  isUnsoundMeant: boolean;
} & ({ from: "inventory"; certificateId: string } | { from: "pasted"; certificate: string });

/**
 * A known certificate, or its key, as what proves a client. One that is pasted is in the inventory then.
 *
 * @throws DomainError `malformed`, field `certificate`; `notFound`; `policyViolation`, rule `credential.unsound`, for one
 *   that is revoked, held or expired and not said to be meant
 */
export async function pinned(
  installation: Installation,
  actor: Actor,
  known: KnownCertificate,
): Promise<CredentialInput> {
  const { sha256, spkiSha256, isCa, notAfter } =
    known.from === "inventory"
      ? (await getCertificate(installation, actor, known.certificateId)).parsed
      : readForeignCertificate(bodyOf(known.certificate));
  const field = known.from === "inventory" ? "certificateId" : "certificate";
  if (isCa) {
    const detail = "That is the certificate of an authority. Take that of the client.";
    throw malformed(field, "credential.authority", detail);
  }
  const proof = { kind: known.kind, sha256: known.kind === "key" ? spkiSha256 : sha256 };
  const unsound = known.isUnsoundMeant
    ? null
    : await unsoundProof(installation, actor, { ...proof, notAfter });
  if (unsound !== null) throw policyViolation(field, UNSOUND_RULE, unsound);
  if (known.from === "pasted") await enterCertificates(installation, actor, [bodyOf(known.certificate)]);
  return proof;
}

function bodyOf(pasted: string): Uint8Array {
  const text = pasted.trim();
  if (!text.includes("-----BEGIN")) {
    const der = decodeBase64(text.replaceAll(/\s+/g, ""));
    if (der !== null && der.length > 0) return der;
    throw malformed("certificate", "certificate.encoding", "It is neither PEM nor base64.");
  }
  const [first, second] = decodePem(text, { field: "certificate", allowComments: true, maxBlocks: 20 });
  if (first?.label !== "CERTIFICATE") {
    const what = first?.label.includes("PRIVATE KEY")
      ? "That is a private key, which belongs nowhere but with the client: replace it."
      : "That is no certificate.";
    throw malformed("certificate", "rfc7468.5", what);
  }
  if (second !== undefined) {
    throw malformed("certificate", "certificate.several", "Paste the certificate of the client alone.");
  }
  return first.der;
}
