"use client";

import { LifetimeField } from "#components/certificate/lifetime-field.tsx";
import { NamesEditor } from "#components/certificate/names-editor.tsx";
import { Pkcs12Password } from "#components/certificate/pkcs12-password.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import type { Refusal } from "#lib/web/refusal.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { formatName } from "#lib/x509/name.ts";
import { CsrField } from "./csr-field.tsx";
import { type Draft, nameProblem, namesOf, type ProfileChoice } from "./draft.ts";
import { errorOf } from "./errors.ts";
import { KeyField } from "./key-field.tsx";

interface PartProps {
  draft: Draft;
  profile: ProfileChoice;
  onChange: (part: Partial<Draft>) => void;
  refusal: Refusal | null;
}

/** For whom the certificate is, its key and its lifetime: where no signing request says so. */
export function WishFields({
  draft,
  profile,
  offered,
  onChange,
  refusal,
  showAll,
}: PartProps & { offered: readonly KeyAlgorithm[]; showAll: boolean }) {
  const { commonName } = profile.rules.subject;
  // Names of which the rows show what is wrong need no second sentence below them.
  const shownByRows = namesOf(draft).some((name) => nameProblem(name, profile) !== null);
  return (
    <>
      <Field
        id="subject"
        label="Common name"
        optional={commonName !== "required"}
        required={commonName === "required"}
        hint={
          draft.otherAttributes.length > 0
            ? `How lists call it. Kept from the old certificate: ${formatName(draft.otherAttributes)}.`
            : "How lists and logs call it, such as payments-worker."
        }
        error={errorOf(refusal, "subject")}
      >
        <Input
          autoComplete="off"
          autoCapitalize="none"
          value={draft.commonName}
          onChange={(event) => onChange({ commonName: event.target.value })}
        />
      </Field>
      <NamesEditor
        rows={draft.names}
        onChange={(names) => onChange({ names })}
        check={(name) => nameProblem(name, profile)}
        showAll={showAll}
        error={shownByRows ? undefined : errorOf(refusal, "names")}
      />
      <div className="grid items-start gap-x-4 gap-y-5 sm:grid-cols-2">
        {offered.length === 0 ? (
          <Notice tone="warn" title="No key of this profile can be made here">
            Choose another profile, or another place for the key.
          </Notice>
        ) : (
          <KeyField
            offered={offered}
            value={draft.keyAlgorithm}
            onChange={(keyAlgorithm) => onChange({ keyAlgorithm })}
            error={errorOf(refusal, "csr", "publicKey", "keyAlgorithm")}
          />
        )}
        <Lifetime draft={draft} profile={profile} onChange={onChange} refusal={refusal} />
      </div>
    </>
  );
}

/** A signing request and the lifetime, which it cannot say itself. */
export function RequestFields({ draft, profile, onChange, refusal }: PartProps) {
  return (
    <>
      <CsrField
        value={draft.csr}
        onChange={(csr) => onChange({ csr })}
        error={errorOf(refusal, "csr", "publicKey", "subject", "names")}
      />
      <div className="grid sm:grid-cols-2">
        <Lifetime draft={draft} profile={profile} onChange={onChange} refusal={refusal} />
      </div>
    </>
  );
}

/** How long it lives, within what the profile allows. */
export function Lifetime({ draft, profile, onChange, refusal }: PartProps) {
  return (
    <LifetimeField
      bounds={profile.rules.lifetime}
      value={draft.lifetime}
      onChange={(lifetime) => onChange({ lifetime })}
      error={draft.lifetime.kind === "typed" ? undefined : errorOf(refusal, "lifetime")}
    />
  );
}

interface DeliveryFieldsProps {
  form: "pkcs12" | "pem";
  onForm: (form: "pkcs12" | "pem") => void;
  password: string;
  onPassword: (password: string) => void;
  refusal: Refusal | null;
}

/** In which form a key made on the server is handed over. */
export function DeliveryFields({ form, onForm, password, onPassword, refusal }: DeliveryFieldsProps) {
  return (
    <>
      <Fieldset legend="How is the key handed over?">
        <RadioCards
          name="delivery"
          columns={2}
          value={form}
          onValueChange={(value) => onForm(value === "pem" ? "pem" : "pkcs12")}
          cards={[
            {
              value: "pkcs12",
              label: "Encrypted, PKCS#12",
              description: "One file with key, certificate and chain, under a password.",
            },
            {
              value: "pem",
              label: "In clear, PEM",
              description: "Two files, as nginx and most services read them.",
            },
          ]}
        />
      </Fieldset>
      {form === "pkcs12" && (
        <Pkcs12Password password={password} onChange={onPassword} error={errorOf(refusal, "password")} />
      )}
    </>
  );
}
