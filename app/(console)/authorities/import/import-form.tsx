"use client";

import { useState } from "react";
import { PasswordInput } from "#components/identity/password-input.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { importFromPem, importFromPkcs12 } from "../actions.ts";

/** A server action's body is limited to 1 MB; an authority with its path has a few KB. */
const FILE_BYTES_MAX = 600 * 1024;
const PEM_BYTES_MAX = 200_000;
const CRL_BYTES_MAX = 300 * 1024;

const FIELDS = [
  "name",
  "certificate",
  "privateKey",
  "privateKeyPassword",
  "pkcs12",
  "password",
  "crl",
  "purposes",
];

/** An authority as PEM texts or as one PKCS#12 file. */
export function ImportForm() {
  const [form, setForm] = useState<"pem" | "pkcs12">("pem");
  return (
    <>
      <Fieldset legend="What do you have?">
        <RadioCards
          name="source"
          columns={2}
          value={form}
          onValueChange={(value) => setForm(value as typeof form)}
          cards={[
            {
              value: "pem",
              label: "PEM texts",
              description:
                "Certificate and private key that begin with -----BEGIN, as openssl and step write them.",
            },
            {
              value: "pkcs12",
              label: "A PKCS#12 file",
              description: "One .p12 or .pfx with everything in it, opened by a password.",
            },
          ]}
        />
      </Fieldset>
      {form === "pem" ? <PemForm /> : <Pkcs12Form />}
    </>
  );
}

function PemForm() {
  const { form, errors, errorOf, pending } = useActionForm((fields) => importFromPem(fields), FIELDS);
  const [certificate, setCertificate] = useState("");
  const [privateKey, setPrivateKey] = useState("");
  return (
    <form {...form} autoComplete="off" className="flex flex-col gap-5">
      <FormErrorSummary errors={errors} title="The authority was not imported" />
      <Card title="Certificate">
        <div className="flex flex-col gap-3">
          <Field
            id="certificate"
            label="Certificate and those above it"
            hint="The authority first, then every certificate up to the root; leave those out whose authority is here already."
            error={errorOf("certificate")}
            required
          >
            <Textarea
              name="certificate"
              mono
              rows={8}
              placeholder="-----BEGIN CERTIFICATE-----"
              value={certificate}
              onChange={(event) => setCertificate(event.target.value)}
            />
          </Field>
          <FileDrop
            what="certificate in PEM"
            accept=".pem,.crt,.cer,.txt"
            maxBytes={PEM_BYTES_MAX}
            onFile={async (file) => setCertificate(await file.text())}
          />
        </div>
      </Card>
      <Card title="Private key">
        <div className="flex flex-col gap-3">
          <Field
            id="privateKey"
            label="Private key"
            hint="PKCS#8, PKCS#1 or SEC 1, encrypted or not."
            error={errorOf("privateKey")}
            required
          >
            <Textarea
              name="privateKey"
              mono
              rows={5}
              autoComplete="off"
              placeholder="-----BEGIN PRIVATE KEY-----"
              value={privateKey}
              onChange={(event) => setPrivateKey(event.target.value)}
            />
          </Field>
          <FileDrop
            what="private key in PEM"
            accept=".pem,.key,.txt"
            maxBytes={PEM_BYTES_MAX}
            onFile={async (file) => setPrivateKey(await file.text())}
          />
          <Field
            id="privateKeyPassword"
            label="Password of the key"
            hint="Only for a key that is encrypted."
            error={errorOf("privateKeyPassword") ?? errorOf("password")}
            optional
          >
            <PasswordInput name="privateKeyPassword" autoComplete="off" />
          </Field>
        </div>
      </Card>
      <FormerCrl errorOf={errorOf} />
      <NameAndPurposes errorOf={errorOf} />
      <Buttons pending={pending} />
    </form>
  );
}

function Pkcs12Form() {
  const { form, errors, errorOf, pending } = useActionForm((fields) => importFromPkcs12(fields), FIELDS);
  return (
    <form {...form} autoComplete="off" className="flex flex-col gap-5">
      <FormErrorSummary errors={errors} title="The authority was not imported" />
      <Card title="File">
        <div className="flex flex-col gap-4">
          <Field
            id="pkcs12"
            label="PKCS#12 file"
            hint="With the authority's key, its certificate, and those above it up to the root unless they are here already."
            error={errorOf("pkcs12")}
            required
          >
            <FileDrop name="pkcs12" what="PKCS#12 file" accept=".p12,.pfx" maxBytes={FILE_BYTES_MAX} />
          </Field>
          <Field id="password" label="Password of the file" error={errorOf("password")}>
            <PasswordInput name="password" autoComplete="off" />
          </Field>
        </div>
      </Card>
      <FormerCrl errorOf={errorOf} />
      <NameAndPurposes errorOf={errorOf} />
      <Buttons pending={pending} />
    </form>
  );
}

function FormerCrl({ errorOf }: { errorOf: (field: string) => string | undefined }) {
  return (
    <Card title="Revocations">
      <Field
        id="crl"
        label="Its last CRL"
        hint="Of the certificates on it, those in the inventory are revoked here, too, and our lists go on above its number."
        error={errorOf("crl")}
        optional
      >
        <FileDrop name="crl" what="CRL in DER or PEM" accept=".crl,.pem,.der" maxBytes={CRL_BYTES_MAX} />
      </Field>
    </Card>
  );
}

function NameAndPurposes({ errorOf }: { errorOf: (field: string) => string | undefined }) {
  return (
    <Card title="Here">
      <div className="flex flex-col gap-4">
        <Field
          id="name"
          label="Name shown in the console"
          hint="The common name of its subject when left empty."
          error={errorOf("name")}
          optional
        >
          <Input name="name" maxLength={64} />
        </Field>
        <Fieldset
          legend="May issue for"
          hint="Choose fewer than its certificate allows, or none to take over whatever it allows."
          error={errorOf("purposes")}
        >
          <Checkbox id="purposes" name="purposes" value="server" label="Servers" />
          <Checkbox name="purposes" value="client" label="Clients" />
        </Fieldset>
      </div>
    </Card>
  );
}

function Buttons({ pending }: { pending: boolean }) {
  return (
    <div className="flex flex-wrap gap-2">
      <SubmitButton pending={pending}>Import the authority</SubmitButton>
      <ButtonLink href="/authorities" variant="quiet">
        Cancel
      </ButtonLink>
    </div>
  );
}
