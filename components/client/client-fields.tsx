"use client";

import type { ClientDraft } from "#components/client/client-draft.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

/** The labels of the fields, by the name that a refusal calls them. */
export const CLIENT_LABELS = {
  name: "Name",
  environment: "Environment",
  owner: "Owner",
  tags: "Tags",
  notes: "Notes",
  expiresAt: "End of the client (UTC)",
  isProtected: "Protect it from being retired",
};

interface ClientFieldsProps {
  draft: ClientDraft;
  onChange: (part: Partial<ClientDraft>) => void;
  /** What is wrong with a field. */
  errorOf: (field: keyof ClientDraft) => string | undefined;
  /** What stands before each id, where the form has other fields of these names. */
  prefix?: string;
}

/** Who it is: name, environment and owner. */
export function IdentityFields({ draft, onChange, errorOf, prefix = "" }: ClientFieldsProps) {
  return (
    <>
      <Field
        id={`${prefix}name`}
        label={CLIENT_LABELS.name}
        hint="As people and logs call it, such as payments-worker."
        error={errorOf("name")}
        required
      >
        <Input
          value={draft.name}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field
          id={`${prefix}environment`}
          label={CLIENT_LABELS.environment}
          hint="For example production."
          error={errorOf("environment")}
          optional
        >
          <Input
            value={draft.environment}
            maxLength={40}
            autoComplete="off"
            autoCapitalize="none"
            onChange={(event) => onChange({ environment: event.target.value })}
          />
        </Field>
        <Field
          id={`${prefix}owner`}
          label={CLIENT_LABELS.owner}
          hint="A person or a team who can be asked about it."
          error={errorOf("owner")}
          optional
        >
          <Input
            value={draft.owner}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => onChange({ owner: event.target.value })}
          />
        </Field>
      </div>
    </>
  );
}

/** How long it may come in at all, whatever its certificate says. */
export function ExpiryField({
  draft,
  onChange,
  errorOf,
  prefix = "",
  className,
}: ClientFieldsProps & { className?: string }) {
  return (
    <Field
      id={`${prefix}expiresAt`}
      label={CLIENT_LABELS.expiresAt}
      hint="After it the client is refused, whatever its certificate says. Empty for no end."
      error={errorOf("expiresAt")}
      {...(className === undefined ? {} : { className })}
      optional
    >
      <Input
        type="datetime-local"
        value={draft.expiresAt}
        onChange={(event) => onChange({ expiresAt: event.target.value })}
      />
    </Field>
  );
}

/** Tags, notes, and the protection. */
export function CareFields({ draft, onChange, errorOf, prefix = "" }: ClientFieldsProps) {
  return (
    <>
      <Field
        id={`${prefix}tags`}
        label={CLIENT_LABELS.tags}
        hint="With a blank between them: letters, digits and . _ : / = @ -"
        error={errorOf("tags")}
        optional
      >
        <Input
          value={draft.tags}
          maxLength={2_000}
          autoComplete="off"
          autoCapitalize="none"
          onChange={(event) => onChange({ tags: event.target.value })}
        />
      </Field>
      <Field
        id={`${prefix}notes`}
        label={CLIENT_LABELS.notes}
        hint="Where it runs, whom to call, what breaks without it. Everybody who sees the client reads them."
        error={errorOf("notes")}
        optional
      >
        <Textarea
          rows={3}
          value={draft.notes}
          maxLength={10_000}
          onChange={(event) => onChange({ notes: event.target.value })}
        />
      </Field>
      <Checkbox
        label={CLIENT_LABELS.isProtected}
        hint="Somebody has to take this away before it can be retired. It can be suspended all the same."
        checked={draft.isProtected}
        onChange={(event) => onChange({ isProtected: event.target.checked })}
      />
    </>
  );
}
