"use client";

import { Download } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Pkcs12Password } from "#components/certificate/pkcs12-password.tsx";
import { saveFile } from "#components/certificate/save-file.ts";
import { strongPassword } from "#components/certificate/strong-password.ts";
import { Button } from "#components/ui/button.tsx";
import { decodePem } from "#lib/x509/pem.ts";
import { encodePkcs12 } from "#lib/x509/pkcs12.ts";

interface Pkcs12FormProps {
  /** What key stores will call the entry. */
  name: string;
  fileStem: string;
  /** PEM: certificate and intermediates. */
  fullchain: string;
  pkcs8: Uint8Array<ArrayBuffer>;
}

/** Builds a PKCS#12 file in the page, so that the key need not leave it unencrypted. */
export function Pkcs12Form({ name, fileStem, fullchain, pkcs8 }: Pkcs12FormProps) {
  const [password, setPassword] = useState(strongPassword);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();

  const build = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (password === "") {
      setError("A PKCS#12 file needs a password.");
      return;
    }
    setError(undefined);
    setPending(true);
    try {
      const chain = decodePem(fullchain, { field: "certificate" }).map((block) => block.der);
      const file = await encodePkcs12({ privateKeyPkcs8: pkcs8, chain, password, friendlyName: name });
      saveFile(`${fileStem}.p12`, file, "application/x-pkcs12");
    } catch {
      setError("The file could not be made in this browser; take the PEM files.");
    } finally {
      setPending(false);
    }
  };

  return (
    <form noValidate onSubmit={build} className="flex flex-col gap-2">
      <div>
        <h3 className="font-medium">As PKCS#12, for browsers, Windows, macOS and Java</h3>
        <p className="mt-0.5 text-muted text-sm">
          One encrypted file (AES-256) with key, certificate and chain, made in this page.
        </p>
      </div>
      <Pkcs12Password password={password} onChange={setPassword} error={error} />
      <div>
        <Button icon={<Download aria-hidden />} pending={pending} type="submit">
          {fileStem}.p12
        </Button>
      </div>
    </form>
  );
}
