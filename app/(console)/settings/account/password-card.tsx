"use client";

import { useState } from "react";
import { PasswordInput } from "#components/identity/password-input.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { changePassword } from "./actions.ts";

/** A new password. */
export function PasswordCard({ email }: { email: string }) {
  // A new key makes the form anew, so that no password stays in it.
  const [generation, setGeneration] = useState(0);
  return (
    <Card title="Password" description="Changing it ends your sessions in all other browsers.">
      <PasswordForm
        key={generation}
        email={email}
        onDone={() => {
          toast("ok", "Your password is changed", "All other browsers are signed out.");
          setGeneration(generation + 1);
        }}
      />
    </Card>
  );
}

function PasswordForm({ email, onDone }: { email: string; onDone: () => void }) {
  const { form, errors, errorOf, pending } = useActionForm(
    async (fields) => {
      const result = await changePassword(fields);
      if (result?.data?.done) onDone();
      return result;
    },
    ["change-current", "password"],
  );
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="The password was not changed" />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field id="change-current" label="Present password" error={errorOf("currentPassword")} required>
        <PasswordInput name="currentPassword" autoComplete="current-password" />
      </Field>
      <Field
        id="password"
        label="New password"
        hint="At least 12 characters; a few words are good."
        error={errorOf("password")}
        required
      >
        <PasswordInput name="password" autoComplete="new-password" />
      </Field>
      <div>
        <SubmitButton variant="secondary" pending={pending}>
          Change the password
        </SubmitButton>
      </div>
    </form>
  );
}
