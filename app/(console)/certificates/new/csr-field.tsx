"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { encodePem, looksLikePem } from "#lib/x509/pem.ts";

/** As the server's reader has it, which bounds PEM and DER alike. */
export const CSR_MAX_BYTES = 64 * 1024;

interface CsrFieldProps {
  value: string;
  onChange: (csr: string) => void;
  error?: string | undefined;
}

/** A signing request, pasted or from a file; DER is shown as PEM. */
export function CsrField({ value, onChange, error }: CsrFieldProps) {
  const [unreadable, setUnreadable] = useState<string>();
  const take = async (file: File) => {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      onChange(
        looksLikePem(bytes)
          ? new TextDecoder("latin1").decode(bytes)
          : encodePem("CERTIFICATE REQUEST", bytes),
      );
      setUnreadable(undefined);
    } catch {
      setUnreadable("The file could not be read.");
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <Field
        id="csr"
        label="Certificate signing request"
        hint="PEM, from -----BEGIN CERTIFICATE REQUEST----- to its END line; or a file in PEM or DER."
        error={error ?? unreadable}
      >
        <Textarea
          mono
          rows={9}
          autoComplete="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          placeholder="-----BEGIN CERTIFICATE REQUEST-----"
        />
      </Field>
      <FileDrop
        what="signing request"
        maxBytes={CSR_MAX_BYTES}
        accept=".csr,.pem,.der,.req,.p10,.txt"
        onFile={take}
      />
    </div>
  );
}
