"use client";

import { useEffect, useState } from "react";
import { PasswordInput } from "#components/identity/password-input.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { useLinkToken } from "#components/identity/use-link-token.ts";
import { EntryCard } from "#components/shell/entry-card.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Loading } from "#components/ui/loading.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import type { OpenInvitation } from "#lib/identity/invitations.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { readInvitation, takeInvitation } from "./actions.ts";

/** Reads the link's token, shows what it is for, and takes the password. */
export function Invitation() {
  const token = useLinkToken();
  const [invitation, setInvitation] = useState<OpenInvitation>();
  const [refusal, setRefusal] = useState<string>();

  useEffect(() => {
    if (token === undefined) return;
    let current = true;
    readInvitation({ token }).then((result) => {
      if (!current) return;
      setInvitation(result?.data);
      setRefusal(refusalOf(result)?.message);
    });
    return () => {
      current = false;
    };
  }, [token]);

  if (refusal !== undefined) {
    return (
      <EntryCard title="This link cannot be used">
        <Notice tone="critical" actions={<ButtonLink href="/sign-in">Go to sign-in</ButtonLink>}>
          {refusal}
        </Notice>
      </EntryCard>
    );
  }
  if (token === undefined || invitation === undefined) {
    return (
      <EntryCard title="Invitation">
        <Loading label="Reading the link" />
      </EntryCard>
    );
  }
  return (
    <EntryCard
      title={invitation.hasAccount ? "Choose a new password" : `Welcome, ${invitation.name}`}
      description={
        invitation.hasAccount
          ? `For ${invitation.email}. You will be signed out everywhere else.`
          : `You are invited as ${invitation.role}, with the address ${invitation.email}.`
      }
    >
      <InvitationForm token={token} invitation={invitation} />
    </EntryCard>
  );
}

function InvitationForm({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const { form, errors, errorOf, pending } = useActionForm(
    (fields) => takeInvitation(fields),
    ["name", "password"],
  );
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} />
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="username" autoComplete="username" value={invitation.email} readOnly />
      {invitation.hasAccount ? (
        <input type="hidden" name="name" value={invitation.name} />
      ) : (
        <Field id="name" label="Your name" error={errorOf("name")} required>
          <Input name="name" defaultValue={invitation.name} autoComplete="name" />
        </Field>
      )}
      <Field
        id="password"
        label="Password"
        hint="At least 12 characters; a few words are good."
        error={errorOf("password")}
        required
      >
        <PasswordInput name="password" autoComplete="new-password" />
      </Field>
      <SubmitButton pending={pending}>
        {invitation.hasAccount ? "Set the password" : "Create the account"}
      </SubmitButton>
    </form>
  );
}
