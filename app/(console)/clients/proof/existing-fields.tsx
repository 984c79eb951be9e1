"use client";

import { CertificateChooser } from "#components/access/certificate-choice.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { UNSOUND_RULE } from "./proof-draft.ts";
import type { ProofFieldsProps } from "./proof-fields.tsx";

/** A certificate that the client has already. */
export function ExistingFields({ draft, onChange, refusal, errorOf, search }: ProofFieldsProps) {
  const unsound = refusal?.violations.find(({ rule }) => rule === UNSOUND_RULE);
  return (
    <div className="flex flex-col gap-4">
      <Fieldset legend="Which one?">
        <RadioCards
          name="existing"
          columns={2}
          value={draft.existing}
          onValueChange={(existing) =>
            onChange({ existing: existing === "pasted" ? "pasted" : "inventory", isUnsoundMeant: false })
          }
          cards={[
            {
              value: "inventory",
              label: "One of the inventory",
              description: "Found by name, serial number or fingerprint.",
            },
            { value: "pasted", label: "Paste it", description: "PEM, or DER in base64." },
          ]}
        />
      </Fieldset>
      {draft.existing === "inventory" ? (
        <CertificateChooser
          chosen={draft.chosen}
          onChange={(chosen) => onChange({ chosen, isUnsoundMeant: false })}
          search={search}
          error={errorOf("certificateId") ?? errorOf("existing-certificate")}
        />
      ) : (
        <Field
          id="existing-certificate"
          label="Certificate"
          hint="The certificate of the client alone, never its key."
          error={errorOf("existing-certificate")}
        >
          <Textarea
            mono
            rows={8}
            autoComplete="off"
            value={draft.pasted}
            onChange={(event) => onChange({ pasted: event.target.value, isUnsoundMeant: false })}
            placeholder="-----BEGIN CERTIFICATE-----"
          />
        </Field>
      )}
      {unsound !== undefined && (
        <Notice tone="warn" title="Nobody gets in with it as things are">
          <Checkbox
            label="Take it all the same"
            checked={draft.isUnsoundMeant}
            onChange={(event) => onChange({ isUnsoundMeant: event.target.checked })}
          />
        </Notice>
      )}
    </div>
  );
}
