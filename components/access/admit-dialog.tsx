"use client";

import { UserPlus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { CallerRow } from "#components/access/caller-table.tsx";
import { stillRefusedWords } from "#components/service/service-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { type RadioCard, RadioCards } from "#components/ui/radio-cards.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import { admittingName } from "#lib/access/admitting-name.ts";
import type { Obstacle } from "#lib/access/reach-obstacle.ts";
import type { ActionResult } from "#lib/web/refusal.ts";

/** By what a caller is known from now on. */
export type AdmitBy = "certificate" | "key" | "name";

/** What a person says of a caller that is admitted. */
export interface AdmissionDraft {
  sha256: string;
  serviceId: string;
  /** Left out for one who is a client already. */
  name?: string;
  environment: string;
  owner: string;
  by: AdmitBy;
}

/** The id of the client, or who it is already. */
type Admitted =
  | { clientId: string; known: null; obstacle: Obstacle | null }
  | { clientId: null; known: string };

/** What admitting somebody needs to be known of it. */
export type AdmittedCaller = Pick<
  CallerRow,
  "sha256" | "displayName" | "issuer" | "names" | "service" | "client" | "reason"
>;

interface AdmitDialogProps {
  caller: AdmittedCaller;
  admit: (input: { admission: AdmissionDraft }) => Promise<ActionResult<Admitted> | undefined>;
}

/** Of a client's name. */
const NAME_MAX = 64;

const LABELS = {
  name: "Name",
  environment: "Environment",
  owner: "Owner",
  by: "Known by",
};

/** Makes a client of somebody who came: one click, with a name and by what it is known. */
export function AdmitDialog({ caller, admit }: AdmitDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Admit ${harmless(caller.displayName)}?`}
      description={`It may call ${harmless(caller.service.name)} from now on.`}
      trigger={
        <Button
          size="sm"
          variant="primary"
          icon={<UserPlus aria-hidden />}
          aria-label={`Admit ${harmless(caller.displayName)}…`}
        >
          Admit…
        </Button>
      }
    >
      <AdmitForm caller={caller} admit={admit} done={() => setOpen(false)} />
    </Dialog>
  );
}

function AdmitForm({ caller, admit, done }: AdmitDialogProps & { done: () => void }) {
  const [name, setName] = useState(harmless(caller.displayName).slice(0, NAME_MAX));
  const [environment, setEnvironment] = useState("");
  const [owner, setOwner] = useState("");
  const [by, setBy] = useState<AdmitBy>("certificate");
  // Why it gets the service only, without a client being made.
  const [known, setKnown] = useState<string | null>(
    caller.client !== null || caller.reason === "not-granted"
      ? "It is a client already, and lacks only the grant."
      : null,
  );
  const { send, pending, errors, errorOf } = useObjectAction(async () => {
    const result = await admit({
      admission: {
        ...{ sha256: caller.sha256, serviceId: caller.service.id },
        ...{ environment, owner, by },
        ...(known === null ? { name } : {}),
      },
    });
    if (result?.data?.known != null) setKnown(result.data.known);
    else if (result?.data !== undefined) {
      toast(
        "ok",
        `${harmless(known === null ? name : (caller.client?.name ?? caller.displayName))} was granted ${harmless(caller.service.name)}`,
        stillRefusedWords(result.data.known === null ? result.data.obstacle : null),
      );
      done();
    }
    return result;
  }, LABELS);
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) send(undefined);
      }}
    >
      <FormErrorSummary errors={errors} title="It was not admitted" />
      {known === null ? (
        <>
          <Field id="name" label={LABELS.name} hint="As people call it." error={errorOf("name")} required>
            <Input
              value={name}
              maxLength={NAME_MAX}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Fieldset legend={LABELS.by} error={errorOf("by")}>
            <RadioCards
              name="by"
              cards={waysOf(caller)}
              value={by}
              onValueChange={(value) => setBy(value as AdmitBy)}
            />
          </Fieldset>
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field id="environment" label={LABELS.environment} error={errorOf("environment")} optional>
              <Input
                value={environment}
                maxLength={40}
                autoComplete="off"
                onChange={(event) => setEnvironment(event.target.value)}
              />
            </Field>
            <Field id="owner" label={LABELS.owner} error={errorOf("owner")} optional>
              <Input
                value={owner}
                maxLength={200}
                autoComplete="off"
                onChange={(event) => setOwner(event.target.value)}
              />
            </Field>
          </div>
        </>
      ) : (
        <Notice tone="info" announce title="No client is made">
          {caller.client !== null && (
            <>
              The certificate is that of{" "}
              <Link href={`/clients/${caller.client.id}`} prefetch={false} className="text-link">
                {harmless(caller.client.name)}
              </Link>
              .{" "}
            </>
          )}
          {known} It is granted the service from now on.
        </Notice>
      )}
      <div className="flex justify-end gap-2">
        <DialogClose>
          <Button disabled={pending}>Cancel</Button>
        </DialogClose>
        <SubmitButton pending={pending}>{known === null ? "Admit it" : "Grant the service"}</SubmitButton>
      </div>
    </form>
  );
}

/** A name proves something only under an authority that is kept here. */
function waysOf({ issuer, names }: AdmittedCaller): RadioCard[] {
  const best = admittingName(names);
  return [
    {
      value: "certificate",
      label: "This certificate",
      description: "Nothing else gets in. When it is renewed, the client is to be rotated.",
    },
    {
      value: "key",
      label: "This key",
      description: "Certificates that are renewed with the same key get in, too.",
    },
    issuer === null || best === undefined
      ? {
          value: "name",
          label: "Its name under its authority",
          unavailable:
            issuer === null
              ? "No authority that is known here signed it."
              : names.length === 0
                ? "The certificate has no name."
                : "Its names have a *, and would stand for others as well.",
        }
      : {
          value: "name",
          label: `The name ${harmless(best.value)}`,
          description: `Whoever ${harmless(issuer.name)} gives this name gets in.`,
        },
  ];
}
