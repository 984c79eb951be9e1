"use client";

import { type ReactNode, useState } from "react";
import { END_CHOICES, type EndChoice } from "#components/client/end-choice.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** A server action that changes when a credential ends. */
export type ChangeEnd = (input: {
  credential: string;
  choice: EndChoice;
  at: string;
  /** Absent to leave it as it is. */
  revokes?: boolean;
}) => Promise<ActionResult | undefined>;

interface EndCredentialProps {
  /** `name` as people call it. */
  credential: { id: string; name: string; revokesAtEnd: boolean; isEnding: boolean };
  /** Whether nothing else would prove the client. */
  isLast: boolean;
  /** Whether there is a certificate of ours behind it, and the person may revoke it. */
  mayRevoke: boolean;
  /** Where it is still used. */
  use?: ReactNode;
  changeEnd: ChangeEnd;
}

/** Ends a credential, now or later, cuts an overlap short or gives more time. */
export function EndCredential({ credential, isLast, mayRevoke, use, changeEnd }: EndCredentialProps) {
  const { id, name, isEnding } = credential;
  const [choice, setChoice] = useState<EndChoice>("now");
  const [at, setAt] = useState("");
  const [revokes, setRevokes] = useState(credential.revokesAtEnd);
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`${isEnding ? "Cut short or extend" : "End"} ${name}…`}>
          {isEnding ? "Cut short or extend…" : "End…"}
        </Button>
      }
      title={isEnding ? `When does ${name} end?` : `End ${name}?`}
      description="From then on whoever comes with it is refused: by proxies that ask within a second, by those that decide from a file once they have the next version. One that has ended cannot be brought back: add it anew."
      confirmLabel={choice === "now" ? "End it now" : "Set the end"}
      danger={choice === "now"}
      onConfirm={async () => {
        const revoking = mayRevoke && choice !== "never" ? { revokes } : {};
        const refusal = refusalOf(await changeEnd({ credential: id, choice, at, ...revoking }));
        if (refusal === undefined) toast("ok", choice === "now" ? `${name} has ended` : "The end is set");
        return refusal?.message;
      }}
    >
      <Field label="When">
        <Select value={choice} onChange={(event) => setChoice(event.target.value as EndChoice)}>
          {END_CHOICES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      {choice === "at" && (
        <Field label="Time (UTC)">
          <Input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
        </Field>
      )}
      {mayRevoke && choice !== "never" && (
        <Checkbox
          label="Revoke its certificate then"
          hint="For good: everybody who checks revocation refuses it, whatever it is used for."
          checked={revokes}
          onChange={(event) => setRevokes(event.target.checked)}
        />
      )}
      {!mayRevoke && credential.revokesAtEnd && choice !== "never" && (
        <Notice tone="info" title="Its certificate is to be revoked then">
          You may give it more time. To end it earlier is for those who may revoke certificates.
        </Notice>
      )}
      {use}
      {isLast && choice !== "never" && (
        <Notice tone="warn" title="Nothing else proves the client">
          It is refused everywhere once this has ended. Rotate it to give it something new first.
        </Notice>
      )}
    </ConfirmDialog>
  );
}
