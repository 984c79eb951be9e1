"use client";

import { PasswordInput } from "#components/identity/password-input.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import type { ActionResult } from "#lib/web/refusal.ts";

interface PasswordFirstProps {
  /** The verb of the button. */
  label: string;
  danger?: boolean;
  act: (form: FormData) => Promise<ActionResult | undefined>;
}

/** Asks for the password before something that a thief of an open session must not do. */
export function PasswordFirst({ label, danger = false, act }: PasswordFirstProps) {
  const { form, errors, errorOf, pending } = useActionForm(act, ["proof"]);
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="Nothing was changed" />
      <Field id="proof" label="Your password" error={errorOf("currentPassword")} required>
        <PasswordInput name="currentPassword" autoComplete="current-password" />
      </Field>
      <div>
        <SubmitButton variant={danger ? "danger" : "primary"} pending={pending}>
          {label}
        </SubmitButton>
      </div>
    </form>
  );
}
