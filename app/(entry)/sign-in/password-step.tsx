"use client";

import { PasswordInput } from "#components/identity/password-input.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { signInByPassword } from "./actions.ts";

/** E-mail address and password. */
export function PasswordStep({ next, onSecondStep }: { next: string; onSecondStep: () => void }) {
  const { form, errors, errorOf, pending } = useActionForm(
    async (fields) => {
      const result = await signInByPassword(fields);
      if (result?.data?.step === "second-step") onSecondStep();
      return result;
    },
    ["email", "password"],
  );
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="You are not signed in" />
      <input type="hidden" name="next" value={next} />
      <Field id="email" label="E-mail address" error={errorOf("email")} required>
        <Input name="email" type="email" autoComplete="username webauthn" autoCapitalize="none" />
      </Field>
      <Field id="password" label="Password" error={errorOf("password")} required>
        <PasswordInput name="password" autoComplete="current-password" />
      </Field>
      <SubmitButton pending={pending}>Sign in</SubmitButton>
    </form>
  );
}
