"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Secret } from "#components/ui/secret.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { PERMISSIONS, SCOPES } from "#lib/authorization/permissions.ts";
import { makeApiToken } from "./actions.ts";

/** Makes a token: asks for what and how long, then shows it once. */
export function NewTokenDialog() {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="New API token"
      trigger={
        <Button variant="primary" icon={<KeyRound aria-hidden />}>
          New token
        </Button>
      }
    >
      <NewTokenForm />
    </Dialog>
  );
}

function NewTokenForm() {
  const { form, data, errors, errorOf, pending } = useActionForm(
    (fields) => makeApiToken(fields),
    ["name", "days"],
  );
  if (data !== undefined) {
    return (
      <div className="flex flex-col gap-4">
        <Secret value={data.token} label="token">
          Copy {data.name} to where the program reads it. Only a hash is kept: when it is lost, revoke it and
          make another.
        </Secret>
        <div>
          <DialogClose>
            <Button>Done</Button>
          </DialogClose>
        </div>
      </div>
    );
  }
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="No token was made" />
      <Field id="name" label="Name" hint="What uses it, and where." error={errorOf("name")} required>
        <Input name="name" autoComplete="off" />
      </Field>
      <Fieldset legend="Scopes" hint="Only what the program needs." error={errorOf("scopes")}>
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            name="scopes"
            value={scope}
            label={<code className="font-mono">{scope}</code>}
            hint={PERMISSIONS[scope].meaning}
          />
        ))}
      </Fieldset>
      <Field id="days" label="Ends after" error={errorOf("days")} required>
        <Select name="days" defaultValue="90">
          <option value="7">7 days</option>
          <option value="30">30 days</option>
          <option value="90">90 days</option>
          <option value="365">a year</option>
          <option value="never">never</option>
        </Select>
      </Field>
      <div>
        <SubmitButton pending={pending}>Make the token</SubmitButton>
      </div>
    </form>
  );
}
