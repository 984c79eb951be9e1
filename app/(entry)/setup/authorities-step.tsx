"use client";

import { useActionForm } from "#components/identity/use-action-form.ts";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { KEY_ALGORITHMS } from "#lib/x509/key-algorithm.ts";
import { createAuthorities } from "./actions.ts";

const FIELDS = [
  "organisation",
  "rootName",
  "keyAlgorithm",
  "rootYears",
  "intermediateYears",
  "nameConstraints",
];

/** The authorities, with defaults good enough to go on at once. */
export function AuthoritiesStep({ organisation }: { organisation: string }) {
  const { form, errors, errorOf, pending } = useActionForm((fields) => createAuthorities(fields), FIELDS);
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="The authorities were not created" />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field id="organisation" label="Organisation" error={errorOf("organisation")} required>
          <Input name="organisation" defaultValue={organisation} />
        </Field>
        <Field id="rootName" label="Name of the root" error={errorOf("rootName")} required>
          <Input name="rootName" defaultValue={`${organisation} Root CA`} />
        </Field>
      </div>
      <details>
        <summary className="cursor-pointer font-medium">
          Key and lifetimes: ECDSA P-256, root 10 years, intermediates 5 years
        </summary>
        <div className="mt-3 flex flex-col gap-4">
          <Field
            id="keyAlgorithm"
            label="Key"
            hint="P-256 is understood everywhere and fast. It cannot be changed later without a new root."
            error={errorOf("keyAlgorithm")}
            required
          >
            <Select name="keyAlgorithm" defaultValue="ecdsa-p256">
              {Object.values(KEY_ALGORITHMS).map(({ algorithm, label, note }) => (
                <option key={algorithm} value={algorithm}>
                  {note === undefined ? label : `${label} (${note})`}
                </option>
              ))}
            </Select>
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field id="rootYears" label="Life of the root, years" error={errorOf("rootYears")} required>
              <Input name="rootYears" type="number" min={1} max={100} defaultValue={10} />
            </Field>
            <Field
              id="intermediateYears"
              label="Life of the intermediates, years"
              error={errorOf("intermediateYears")}
              required
            >
              <Input name="intermediateYears" type="number" min={1} max={100} defaultValue={5} />
            </Field>
          </div>
          <Field
            id="nameConstraints"
            label="Only for DNS names below"
            hint="Such as example.com, several with commas. A stolen authority key is then useless elsewhere; but names outside can never be added to this root."
            error={errorOf("nameConstraints")}
            optional
          >
            <Input name="nameConstraints" mono />
          </Field>
        </div>
      </details>
      <div>
        <SubmitButton pending={pending}>Create the authorities</SubmitButton>
      </div>
    </form>
  );
}
