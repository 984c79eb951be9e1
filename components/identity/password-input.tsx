"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";

interface PasswordInputProps {
  name: string;
  /** What a password manager should do: fill in the present one, make a new one, or keep out of it. */
  autoComplete: "current-password" | "new-password" | "off";
}

/** A password, covered until its button is pressed. Stands in a Field. */
export function PasswordInput({ name, autoComplete }: PasswordInputProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input
        name={name}
        type={shown ? "text" : "password"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        className="pr-10!"
      />
      <IconButton
        label={shown ? "Cover the password" : "Show the password"}
        aria-pressed={shown}
        icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        onClick={() => setShown(!shown)}
        className="absolute top-0 right-0"
      />
    </div>
  );
}
