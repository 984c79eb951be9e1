"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { OneTimeLink } from "#components/identity/one-time-link.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { ROLE_DESCRIPTIONS, ROLES } from "#lib/authorization/permissions.ts";
import { invitePerson } from "./actions.ts";

/** Invites somebody: asks who and as what, then shows the link once. */
export function InviteDialog() {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Invite a person"
      trigger={
        <Button variant="primary" icon={<UserPlus aria-hidden />}>
          Invite
        </Button>
      }
    >
      <InviteForm />
    </Dialog>
  );
}

function InviteForm() {
  const { form, data, errors, errorOf, pending } = useActionForm(
    (fields) => invitePerson(fields),
    ["email", "name"],
  );
  if (data !== undefined) {
    return (
      <div className="flex flex-col gap-4">
        <OneTimeLink url={data.url} expiresAt={data.expiresAt}>
          Give it to the person over a channel that you trust; no mail is sent.
        </OneTimeLink>
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
      <FormErrorSummary errors={errors} title="Nobody was invited" />
      <Field id="email" label="E-mail address" error={errorOf("email")} required>
        <Input name="email" type="email" autoComplete="off" />
      </Field>
      <Field id="name" label="Name" error={errorOf("name")} required>
        <Input name="name" autoComplete="off" />
      </Field>
      <Fieldset legend="Role" error={errorOf("role")}>
        <RadioCards
          name="role"
          defaultValue="viewer"
          cards={ROLES.map((role) => ({ value: role, label: role, description: ROLE_DESCRIPTIONS[role] }))}
        />
      </Fieldset>
      <div>
        <SubmitButton pending={pending}>Make the link</SubmitButton>
      </div>
    </form>
  );
}
