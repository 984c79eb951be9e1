"use client";

import { PasswordInput } from "#components/identity/password-input.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { useLinkToken } from "#components/identity/use-link-token.ts";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { createFirstAdmin } from "./actions.ts";

/** The first admin, let in by the link that the server printed. */
export function AdminStep() {
  const token = useLinkToken();
  const { form, errors, errorOf, pending } = useActionForm(
    (fields) => createFirstAdmin(fields),
    ["organisation", "name", "email", "password"],
  );
  if (token === "") {
    return (
      <Notice tone="warn" title="The link is not complete">
        Open the whole link that the server printed when it started; it ends with # and a long code. To see it
        again, start the server again.
      </Notice>
    );
  }
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="The account was not created" />
      <input type="hidden" name="token" value={token ?? ""} />
      <Field
        id="organisation"
        label="Organisation"
        hint="Stands in the names of your authorities."
        error={errorOf("organisation")}
        required
      >
        <Input name="organisation" autoComplete="organization" />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field id="name" label="Your name" error={errorOf("name")} required>
          <Input name="name" autoComplete="name" />
        </Field>
        <Field id="email" label="E-mail address" error={errorOf("email")} required>
          <Input name="email" type="email" autoComplete="username" autoCapitalize="none" />
        </Field>
      </div>
      <Field
        id="password"
        label="Password"
        hint="At least 12 characters; a few words are good. A passkey or codes from an app can be added afterwards."
        error={errorOf("password")}
        required
      >
        <PasswordInput name="password" autoComplete="new-password" />
      </Field>
      <div>
        <SubmitButton pending={pending}>Next</SubmitButton>
      </div>
    </form>
  );
}
