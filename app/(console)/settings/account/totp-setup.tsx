"use client";

import { useState } from "react";
import { QrImage } from "#components/identity/qr-image.tsx";
import { useActionForm } from "#components/identity/use-action-form.ts";
import { Copyable } from "#components/ui/copyable.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Steps } from "#components/ui/steps.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { beginTotp, finishTotp } from "./actions.ts";
import { BackupCodes } from "./backup-codes.tsx";
import { PasswordFirst } from "./password-first.tsx";

interface Offer {
  qr: { size: number; path: string };
  secret: string;
  backupCodes: string[];
}

const STEPS = ["Password", "App", "Backup codes"];

/** Password, then the app, then the codes for the day when the app is lost. */
export function TotpSetup({ onDone }: { onDone: () => void }) {
  const [offer, setOffer] = useState<Offer>();
  const [confirmed, setConfirmed] = useState(false);
  return (
    <div className="flex flex-col gap-4">
      <Steps label="Setting up" steps={STEPS} current={offer === undefined ? 0 : confirmed ? 2 : 1} />
      {offer === undefined && (
        <PasswordFirst
          label="Next"
          act={async (fields) => {
            const result = await beginTotp(fields);
            setOffer(result?.data);
            return result;
          }}
        />
      )}
      {offer !== undefined && !confirmed && <AppStep offer={offer} onConfirmed={() => setConfirmed(true)} />}
      {offer !== undefined && confirmed && <BackupCodes codes={offer.backupCodes} onKept={onDone} />}
    </div>
  );
}

function AppStep({ offer, onConfirmed }: { offer: Offer; onConfirmed: () => void }) {
  const { form, errors, errorOf, pending } = useActionForm(
    async (fields) => {
      const result = await finishTotp(fields);
      if (result?.data?.done) onConfirmed();
      return result;
    },
    ["code"],
  );
  return (
    <form {...form} className="flex flex-col gap-4">
      <FormErrorSummary errors={errors} title="The app is not set up yet" />
      <p>Scan this with the authenticator app, or type the secret into it.</p>
      <div className="flex flex-wrap items-center gap-4">
        <QrImage {...offer.qr} label="QR code of the secret for the authenticator app" />
        <div className="min-w-0 flex-1 basis-48">
          <p className="text-muted text-sm">Secret</p>
          <Copyable text={offer.secret} label="secret" group={4} />
        </div>
      </div>
      <Field id="code" label="Code that the app shows now" error={errorOf("code")} required>
        <Input name="code" mono inputMode="numeric" autoComplete="one-time-code" />
      </Field>
      <div>
        <SubmitButton pending={pending}>Switch on</SubmitButton>
      </div>
    </form>
  );
}
