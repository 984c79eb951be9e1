import { FIRST_NAME_ID } from "#components/certificate/names-editor.tsx";
import type { FormError } from "#components/ui/form-error-summary.tsx";
import { errorsOf } from "#components/ui/use-object-action.ts";
import type { Refusal } from "#lib/web/refusal.ts";

/** The labels of a proof's fields by what a refusal calls them, wherever the proof stands in what was sent. */
const PROOF_LABELS: Record<string, string> = {
  ...{ profile: "Profile", subject: "Common name", names: "Names", lifetime: "Lifetime" },
  ...{ csr: "Certificate signing request", publicKey: "Key", keyAlgorithm: "Key", password: "Password" },
  ...{ certificate: "Certificate", certificateId: "Certificate", sha256: "Certificate" },
  ...{ nameValue: "Name", authorityId: "Authority", overlap: "Overlap", revokesOld: "Revoke the old one" },
};

/** Where a proof stands that is sent with its client. */
const WITHIN = /^credential\./;

/** The control of a field that is not called like it. */
const CONTROLS: Record<string, string> = {
  names: FIRST_NAME_ID,
  publicKey: "csr",
  sha256: "existing-certificate",
  certificate: "existing-certificate",
};

/**
 * Everything that is wrong, each with its control.
 *
 * @param labels of the other fields of the form
 */
export function proofErrors(refusal: Refusal, labels: Readonly<Record<string, string>> = {}): FormError[] {
  const violations = refusal.violations.map((each) => ({
    ...each,
    field: each.field.replace(WITHIN, ""),
    detail: each.detail.replace(WITHIN, ""),
  }));
  return errorsOf({ ...refusal, violations }, { ...PROOF_LABELS, ...labels }).map((error) => ({
    ...error,
    fieldId: CONTROLS[error.fieldId ?? ""] ?? error.fieldId,
  }));
}
