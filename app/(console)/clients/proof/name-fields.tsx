"use client";

import { NAME_TYPE_WORDS } from "#components/client/credential-words.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { isWideName } from "#lib/access/wide-name.ts";
import type { ProofDraft } from "./proof-draft.ts";
import type { ProofFieldsProps } from "./proof-fields.tsx";

const HINTS = {
  uri: "Such as spiffe://example.org/ns/prod/sa/api. It may end in /* for all that is below.",
  dns: "Such as api.example.org. A * may stand for the first label, alone.",
  commonName:
    "To the letter. Names in a certificate's subject are the weakest proof: prefer a URI or DNS name.",
};

/** A name that counts under one authority, and under no other. */
export function NameFields({ draft, choices, onChange, errorOf }: ProofFieldsProps) {
  const isWide = isWideName({ ...draft, nameValue: draft.nameValue.trim() });
  return (
    <div className="flex flex-col gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-[10rem_minmax(0,1fr)]">
        <Field id="nameType" label="Kind of name" error={errorOf("nameType")}>
          <Select
            value={draft.nameType}
            onChange={(event) => onChange({ nameType: event.target.value as ProofDraft["nameType"] })}
          >
            {Object.entries(NAME_TYPE_WORDS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Select>
        </Field>
        <Field
          id="nameValue"
          label="Name in the certificate"
          hint={HINTS[draft.nameType]}
          error={errorOf("nameValue")}
          required
        >
          <Input
            mono
            value={draft.nameValue}
            maxLength={2048}
            autoComplete="off"
            autoCapitalize="none"
            onChange={(event) => onChange({ nameValue: event.target.value, isWideMeant: false })}
          />
        </Field>
      </div>
      <Field
        id="authorityId"
        label="Authority"
        hint="Only certificates that this one signed count: the same name of another authority is somebody else."
        error={errorOf("authorityId")}
      >
        <Select value={draft.authorityId} onChange={(event) => onChange({ authorityId: event.target.value })}>
          {choices.authorities.map(({ id, name }) => (
            <option key={id} value={id}>
              {harmless(name)}
            </option>
          ))}
        </Select>
      </Field>
      {isWide && (
        <Notice tone="warn" title="This fits every name below the authority">
          <p>Whoever gets any such name of it is this client.</p>
          <div className="mt-2">
            <Checkbox
              label="That is meant"
              checked={draft.isWideMeant}
              onChange={(event) => onChange({ isWideMeant: event.target.checked })}
            />
          </div>
        </Notice>
      )}
      <p className="text-muted text-sm">
        Certificates with this name are issued as any other, here or wherever the authority issues. Nothing
        has to be rotated when one is renewed.
      </p>
    </div>
  );
}
