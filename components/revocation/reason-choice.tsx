"use client";

import { Fieldset } from "#components/ui/fieldset.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import {
  AUTHORITY_REASONS,
  END_ENTITY_REASONS,
  REVOCATION_REASONS,
  type RevocationReason,
} from "#lib/x509/revocation-reason.ts";

interface ReasonChoiceProps {
  kind: "end-entity" | "authority";
  value: RevocationReason | null;
  onChange: (reason: RevocationReason) => void;
}

/** Why it is revoked: only the reasons that make sense for such a certificate, each with what it says. */
export function ReasonChoice({ kind, value, onChange }: ReasonChoiceProps) {
  const reasons: readonly RevocationReason[] = kind === "authority" ? AUTHORITY_REASONS : END_ENTITY_REASONS;
  return (
    <Fieldset legend="Why" hint="Published with the certificate: verifiers and auditors read it.">
      <RadioCards
        name="reason"
        required
        value={value ?? ""}
        onValueChange={(chosen) => {
          const reason = reasons.find((each) => each === chosen);
          if (reason !== undefined) onChange(reason);
        }}
        cards={reasons.map((reason) => ({
          value: reason,
          label: REVOCATION_REASONS[reason].title,
          description: REVOCATION_REASONS[reason].meaning,
        }))}
      />
    </Fieldset>
  );
}

/** Whether it says that somebody else has the key, so that it matters since when. */
export function isCompromise(reason: RevocationReason | null): boolean {
  return reason === "keyCompromise" || reason === "cACompromise";
}
