"use client";

import { useActionForm } from "#components/identity/use-action-form.ts";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { rename } from "./actions.ts";

/** The person's name; the address is the account and stays. */
export function ProfileCard({ name, email }: { name: string; email: string }) {
  const { form, errors, errorOf, pending } = useActionForm(
    async (fields) => {
      const result = await rename(fields);
      if (result?.data?.done) toast("ok", "Your name is saved");
      return result;
    },
    ["name"],
  );
  return (
    <Card title="Name" description={`Signed in as ${email}.`}>
      <form {...form} className="flex flex-col gap-4">
        <FormErrorSummary errors={errors} />
        <Field id="name" label="Name" error={errorOf("name")} required>
          <Input name="name" defaultValue={name} autoComplete="name" />
        </Field>
        <div>
          <SubmitButton variant="secondary" pending={pending}>
            Save the name
          </SubmitButton>
        </div>
      </form>
    </Card>
  );
}
