"use client";

import { Eye, EyeOff, RefreshCw } from "lucide-react";
import { useState } from "react";
import { strongPassword } from "#components/certificate/strong-password.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";

interface Pkcs12PasswordProps {
  password: string;
  onChange: (password: string) => void;
  error?: string | undefined;
}

/** The password of a PKCS#12 file: a strong one is there already, another may be typed. */
export function Pkcs12Password({ password, onChange, error }: Pkcs12PasswordProps) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      id="password"
      label="Password of the file"
      hint="A strong one is filled in. It is shown here only and kept nowhere: copy it before you go on."
      error={error}
    >
      <div className="flex items-center gap-1">
        <Input
          id="password"
          mono
          type={shown ? "text" : "password"}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={password}
          onChange={(event) => onChange(event.target.value)}
        />
        <IconButton
          label={shown ? "Cover the password" : "Show the password"}
          aria-pressed={shown}
          icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          onClick={() => setShown(!shown)}
        />
        <IconButton
          label="Make another password"
          icon={<RefreshCw aria-hidden />}
          onClick={() => onChange(strongPassword())}
        />
        <CopyButton text={password} label="password" />
      </div>
    </Field>
  );
}
