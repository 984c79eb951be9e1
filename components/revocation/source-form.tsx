"use client";

import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import type { ActionResult } from "#lib/web/refusal.ts";

/** A foreign authority whose CRL is not kept yet. */
export interface IssuerChoice {
  certificateId: string;
  name: string;
  issuerName: string;
  /** Certificates here that it issued. */
  issued: number;
}

interface SourceFormProps {
  issuers: readonly IssuerChoice[];
  /** Where certificates of an issuer say that its CRL is. */
  addressesOf: (input: { issuerName: string }) => Promise<ActionResult<string[]> | undefined>;
  follow: (form: FormData) => Promise<ActionResult<{ name: string }> | undefined>;
}

/** Begins to follow the CRL of a foreign authority. */
export function SourceForm({ issuers, addressesOf, follow }: SourceFormProps) {
  const router = useRouter();
  const list = useId();
  const [addresses, setAddresses] = useState<readonly string[]>([]);
  const [url, setUrl] = useState("");
  const { form, errors, errorOf, pending } = useActionForm(
    async (fields) => {
      const result = await follow(fields);
      if (result?.data !== undefined) {
        toast("ok", `The CRL of ${result.data.name} is followed`, "It is fetched within seconds.");
        router.push("/revocation/sources");
      }
      return result;
    },
    ["certificateId", "url"],
  );
  const choose = async (certificateId: string) => {
    const chosen = issuers.find((each) => each.certificateId === certificateId);
    setAddresses([]);
    if (chosen === undefined) return;
    const found = (await addressesOf({ issuerName: chosen.issuerName }))?.data ?? [];
    setAddresses(found);
    setUrl(found[0] ?? "");
  };
  return (
    <form {...form} className="flex flex-col gap-4" noValidate>
      <FormErrorSummary errors={errors} title="It is not followed" />
      <Field
        id="certificateId"
        label="Issuer"
        hint="An authority of others whose certificate is in the inventory."
        error={errorOf("certificateId")}
        required
      >
        <Select name="certificateId" defaultValue="" onChange={(event) => void choose(event.target.value)}>
          <option value="">Choose</option>
          {issuers.map(({ certificateId, name, issued }) => (
            <option key={certificateId} value={certificateId}>
              {name} ({issued.toLocaleString("en")} {issued === 1 ? "certificate" : "certificates"} here)
            </option>
          ))}
        </Select>
      </Field>
      <Field
        id="url"
        label="Address of the CRL"
        hint={
          addresses.length === 0
            ? "As its certificates say in their distribution points, if they do."
            : "Filled in from its certificates' distribution points."
        }
        error={errorOf("url")}
        required
      >
        <Input
          name="url"
          type="url"
          mono
          list={list}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          placeholder="http://crl.example.com/root.crl"
          autoComplete="off"
        />
      </Field>
      <datalist id={list}>
        {addresses.map((address) => (
          <option key={address} value={address} />
        ))}
      </datalist>
      <div>
        <SubmitButton pending={pending}>Follow it</SubmitButton>
      </div>
    </form>
  );
}
