"use client";

import { type FormEvent, useState } from "react";
import { type ClientDraft, clientInput } from "#components/client/client-draft.ts";
import { CareFields, CLIENT_LABELS, ExpiryField, IdentityFields } from "#components/client/client-fields.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import { saveClient } from "../../actions.ts";

interface EditFormProps {
  present: { id: string; version: number };
  start: ClientDraft;
}

/** The facts of a client. */
export function EditForm({ present, start }: EditFormProps) {
  const [draft, setDraft] = useState(start);
  const { send, pending, errors, errorOf } = useObjectAction(
    () => saveClient({ ...present, client: clientInput(draft) }),
    CLIENT_LABELS,
  );
  const fields = {
    draft,
    onChange: (part: Partial<ClientDraft>) => setDraft((before) => ({ ...before, ...part })),
    errorOf,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) send(undefined);
  };
  return (
    <form onSubmit={submit} noValidate className="flex max-w-3xl min-w-0 flex-col gap-4">
      <FormErrorSummary errors={errors} title="The client was not saved" />
      <Card>
        <div className="flex flex-col gap-4">
          <IdentityFields {...fields} />
          <ExpiryField {...fields} />
          <CareFields {...fields} />
        </div>
      </Card>
      <div className="flex gap-2">
        <SubmitButton pending={pending}>Save</SubmitButton>
        <ButtonLink href={`/clients/${present.id}`}>Cancel</ButtonLink>
      </div>
    </form>
  );
}
