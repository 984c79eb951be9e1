"use client";

import { useState } from "react";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { signInByCode } from "./actions.ts";

const KINDS = {
  totp: {
    label: "Code from your authenticator app",
    hint: "Six digits; a new one every 30 seconds.",
    other: "backup-code",
    switchTo: "Use the app instead",
  },
  "backup-code": {
    label: "Backup code",
    hint: "One of the ten you kept when you set the app up; each works once.",
    other: "totp",
    switchTo: "Use a backup code instead",
  },
} as const;

/** The code that follows the password. */
export function SecondStep({ next, onStartAgain }: { next: string; onStartAgain: () => void }) {
  const [kind, setKind] = useState<keyof typeof KINDS>("totp");
  const { form, errors, errorOf, pending } = useActionForm((fields) => signInByCode(fields), ["code"]);
  const { label, hint, other } = KINDS[kind];
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="You are not signed in" />
      <input type="hidden" name="next" value={next} />
      <input type="hidden" name="kind" value={kind} />
      <Field key={kind} id="code" label={label} hint={hint} error={errorOf("code")} required>
        <Input
          name="code"
          mono
          autoFocus
          autoComplete="one-time-code"
          inputMode={kind === "totp" ? "numeric" : "text"}
        />
      </Field>
      <SubmitButton pending={pending}>Continue</SubmitButton>
      <div className="flex flex-wrap justify-between gap-2">
        <Button variant="quiet" size="sm" onClick={() => setKind(other)}>
          {KINDS[other].switchTo}
        </Button>
        <Button variant="quiet" size="sm" onClick={onStartAgain}>
          Start again
        </Button>
      </div>
    </form>
  );
}
