"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useState } from "react";
import { IssuedHandover } from "#components/certificate/issued-handover.tsx";
import type { HandoverKey } from "#components/certificate/key-handover.tsx";
import type { CredentialKind } from "#components/client/credential-words.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { OVERLAPS, type Overlap } from "#lib/access/overlap.ts";
import type { Handover } from "../../certificates/new/handover.ts";
import { findChoices } from "../../explain/actions.ts";
import { isIssued, type ProofChoices } from "./proof-draft.ts";
import { ProofFields } from "./proof-fields.tsx";
import { useProof } from "./use-proof.ts";

interface ProofFormProps {
  client: { id: string; name: string };
  choices: ProofChoices;
  /** What is offered first. */
  kind: CredentialKind;
  /** The credential whose place is taken; null for one more beside the others. */
  rotates: { credential: string; name: string; mayRevoke: boolean } | null;
  /** Where the old one is still used. */
  use?: ReactNode;
  /** Why it cannot be done, in place of the form: once it is done, the page is rendered anew and says so. */
  obstacle?: ReactNode;
}

/** Long enough for a deployment, short enough to be remembered. */
const USUAL_OVERLAP: Overlap = "24h";

/**
 * One more proof for a client, or one in the place of another. The window that hands a key over does not belong to the
 * form: Next may render the page anew at any moment, which must not take the key away.
 */
export function ProofForm({ client, choices, kind, rotates, use, obstacle }: ProofFormProps) {
  const router = useRouter();
  const [overlap, setOverlap] = useState<Overlap>(USUAL_OVERLAP);
  const [revokesOld, setRevokesOld] = useState(false);
  const [handed, setHanded] = useState<{ handover: Handover; secret: HandoverKey | null }>();
  const home = `/clients/${client.id}`;
  const proof = useProof(choices, { kind }, {}, (outcome) => {
    if (outcome.kind === "handover") setHanded(outcome);
    else {
      toast(
        "ok",
        rotates === null ? `${harmless(client.name)} has another credential` : `Rotated ${rotates.name}`,
      );
      router.push(home);
    }
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    proof.send(
      rotates === null
        ? { to: "client", client: client.id }
        : { to: "credential", credential: rotates.credential, overlap, revokesOld },
    );
  };
  return (
    <>
      {obstacle ?? (
        <form onSubmit={submit} noValidate className="flex max-w-4xl min-w-0 flex-col gap-4">
          <FormErrorSummary
            errors={proof.errors}
            title={rotates === null ? "Nothing was added" : "It was not rotated"}
          />
          {rotates !== null && (
            <Card title="The old one">
              <div className="flex flex-col gap-4">
                {use}
                <Field
                  id="overlap"
                  label="Overlap"
                  hint="So long both count. It can be cut short or extended while it lasts."
                  error={proof.errorOf("overlap")}
                  className="max-w-md"
                >
                  <Select value={overlap} onChange={(event) => setOverlap(event.target.value as Overlap)}>
                    {OVERLAPS.map(({ name, label }) => (
                      <option key={name} value={name}>
                        {label}
                      </option>
                    ))}
                  </Select>
                </Field>
                {rotates.mayRevoke && (
                  <Checkbox
                    label="Revoke its certificate at the end"
                    hint="For good: also where nobody asks here. Otherwise it stays valid until it expires, but proves nobody here."
                    checked={revokesOld}
                    onChange={(event) => setRevokesOld(event.target.checked)}
                  />
                )}
              </div>
            </Card>
          )}
          <Card title={rotates === null ? "What is added" : "The new one"}>
            <ProofFields
              draft={proof.draft}
              choices={choices}
              onChange={proof.change}
              refusal={proof.refusal}
              errorOf={proof.errorOf}
              showAll={proof.tried}
              search={findChoices}
            />
          </Card>
          <div className="flex gap-2">
            <SubmitButton pending={proof.pending}>
              {submitLabel(rotates !== null, isIssued(proof.draft))}
            </SubmitButton>
            <ButtonLink href={home}>Cancel</ButtonLink>
          </div>
        </form>
      )}
      {handed !== undefined && (
        <IssuedHandover
          {...handed.handover}
          secret={handed.secret}
          doneLabel="Open the client"
          onDone={() => {
            setHanded(undefined);
            router.replace(home);
          }}
        />
      )}
    </>
  );
}

function submitLabel(isRotation: boolean, issues: boolean): string {
  if (isRotation) return issues ? "Issue and rotate" : "Rotate";
  return issues ? "Issue and add" : "Add it";
}
