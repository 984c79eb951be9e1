import type { Tone } from "#components/ui/tone.ts";
import type { CertificatePath, PathEnd } from "#lib/inventory/certificate-path.ts";
import type { PathFaultCode } from "#lib/x509/path-faults.ts";

/** What is wrong at a step, in few words; the sentence stands beside it. */
export const FAULT_WORDS: Record<PathFaultCode, string> = {
  expired: "expired",
  "not-yet-valid": "not yet valid",
  "not-an-authority": "no authority",
  "no-key-cert-sign": "may not sign certificates",
  "path-length": "path length exceeded",
  "name-constraints": "name not permitted",
  "key-identifiers": "key identifiers differ",
  unreadable: "extension not understood",
};

const END_WORDS: Record<PathEnd["kind"], string> = {
  "own-root": "ends in a root of ours",
  "imported-root": "ends in an imported root",
  "self-signed": "has signed itself",
  missing: "the issuer is missing",
  unsigned: "the issuer is missing",
  circle: "leads to no root",
  unfinished: "not followed to its end",
};

/** The verdict on a path: one word, and how it ends. */
export function pathVerdict({ isValid, end, steps }: CertificatePath): {
  tone: Tone;
  word: string;
  detail: string;
} {
  const detail = END_WORDS[end.kind];
  if (isValid) return { tone: "ok", word: "valid", detail };
  const isRooted = end.kind === "own-root" || end.kind === "imported-root";
  if (!isRooted) return { tone: end.kind === "self-signed" ? "neutral" : "warn", word: "incomplete", detail };
  const faults = steps.flatMap((step) => step.faults);
  const first = faults[0];
  return {
    tone: "critical",
    word: "refused",
    detail: first === undefined ? detail : `${FAULT_WORDS[first.code]}, ${detail}`,
  };
}

/** What is known of an issuer that is not here, in a sentence. */
export function missingIssuer(end: PathEnd): string | null {
  switch (end.kind) {
    case "missing":
      return "No certificate with this name is in the inventory.";
    case "unsigned":
      return end.candidates === 1
        ? "A certificate with this name is in the inventory, but its key did not make the signature, or the kind of signature is not known here."
        : `${end.candidates} certificates with this name are in the inventory, but none of their keys made the signature, or the kind of signature is not known here.`;
    case "circle":
      return "The authorities above only sign each other: the certificate of a root is missing.";
    case "unfinished":
      return "The path is longer, or has more branches, than is followed.";
    default:
      return null;
  }
}
