"use client";

import { useState } from "react";
import { EntryCard } from "#components/shell/entry-card.tsx";
import { PasskeyStep } from "./passkey-step.tsx";
import { PasswordStep } from "./password-step.tsx";
import { SecondStep } from "./second-step.tsx";

interface SignInProps {
  /** Path to go to afterwards. */
  next: string;
  /** Where the console is set up to be reached; passkeys are tied to it. */
  origin: string;
}

/** The ways in: a passkey alone, or the password and then perhaps a code. */
export function SignIn({ next, origin }: SignInProps) {
  const [step, setStep] = useState<"first" | "second">("first");
  if (step === "second") {
    return (
      <EntryCard title="Second step" description="Your account asks for a code after the password.">
        <SecondStep next={next} onStartAgain={() => setStep("first")} />
      </EntryCard>
    );
  }
  return (
    <EntryCard
      title="Sign in"
      footer="No account? An admin can invite you. Password forgotten? An admin can give you a link for a new one."
    >
      <div className="flex flex-col gap-5">
        <PasswordStep next={next} onSecondStep={() => setStep("second")} />
        <PasskeyStep next={next} origin={origin} />
      </div>
    </EntryCard>
  );
}
