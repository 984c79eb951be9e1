import { FIRST_NAME_ID } from "#components/certificate/names-editor.tsx";
import type { FormError } from "#components/ui/form-error-summary.tsx";
import type { Refusal } from "#lib/web/refusal.ts";

/** The control that a domain field is typed into. */
const CONTROLS: Record<string, string> = {
  profile: "profile",
  subject: "subject",
  names: FIRST_NAME_ID,
  lifetime: "lifetime",
  csr: "csr",
  publicKey: "csr",
  password: "password",
};

const NONE: FormError[] = [];
const kept = new WeakMap<Refusal, FormError[]>();

/** Everything that is wrong, for the summary; the same array for the same refusal, which takes the focus once. */
export function errorsOf(refusal: Refusal | null): FormError[] {
  if (refusal === null) return NONE;
  const errors = kept.get(refusal) ?? made(refusal);
  kept.set(refusal, errors);
  return errors;
}

function made(refusal: Refusal): FormError[] {
  if (refusal.violations.length === 0) return [{ message: refusal.message }];
  return refusal.violations.map(({ field, rule, detail }) => {
    const control = CONTROLS[field];
    return {
      message: rule === "input" ? detail : `${detail} (${rule})`,
      ...(control === undefined ? {} : { fieldId: control }),
    };
  });
}

/** What is wrong with one field. */
export function errorOf(refusal: Refusal | null, ...fields: string[]): string | undefined {
  const details = refusal?.violations
    .filter((violation) => fields.includes(violation.field))
    .map((violation) => violation.detail);
  return details === undefined || details.length === 0 ? undefined : [...new Set(details)].join(" ");
}
