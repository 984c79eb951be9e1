"use client";

import { UserPlus } from "lucide-react";
import { useId, useState } from "react";
import type { CallerRow } from "#components/access/caller-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { useObjectAction } from "#components/ui/use-object-action.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** By what a caller is known from now on. */
export type AdmitBy = "certificate" | "key" | "name";

/** What a person says of a caller that is admitted. */
export interface Admission {
  sha256: string;
  serviceId: string;
  name: string;
  environment: string;
  owner: string;
  by: AdmitBy;
}

interface AdmitDialogProps {
  caller: CallerRow;
  admit: (admission: Admission) => Promise<ActionResult<{ clientId: string }> | undefined>;
}

const WAYS = [
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
  {
    value: "name",
    label: "This name under its authority",
    description: "Whoever the authority gives this name gets in. Only for authorities that are kept here.",
  },
];

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
      description={`It becomes a client that may call ${harmless(caller.service.name)}, from now on.`}
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
      footer={null}
    >
      <AdmitForm caller={caller} admit={admit} done={() => setOpen(false)} />
    </Dialog>
  );
}

function AdmitForm({ caller, admit, done }: AdmitDialogProps & { done: () => void }) {
  const [name, setName] = useState(harmless(caller.displayName).slice(0, 64));
  const [environment, setEnvironment] = useState("");
  const [owner, setOwner] = useState("");
  const [by, setBy] = useState<AdmitBy>("certificate");
  const id = useId();
  const { send, pending, errors, errorOf } = useObjectAction(async () => {
    const result = await admit({
      ...{ sha256: caller.sha256, serviceId: caller.service.id },
      ...{ name, environment, owner, by },
    });
    if (result?.data !== undefined && refusalOf(result) === undefined) {
      toast("ok", `${name} may call ${harmless(caller.service.name)}`);
      done();
    }
    return result;
  }, LABELS);
  return (
    <form
      id={id}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) send(undefined);
      }}
    >
      <FormErrorSummary errors={errors} title="It was not admitted" />
      <Field id="name" label={LABELS.name} hint="As people call it." error={errorOf("name")} required>
        <Input
          value={name}
          maxLength={64}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Fieldset legend={LABELS.by} error={errorOf("by")}>
        <RadioCards name="by" cards={WAYS} value={by} onValueChange={(value) => setBy(value as AdmitBy)} />
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
      <div className="flex justify-end gap-2">
        <DialogClose>
          <Button disabled={pending}>Cancel</Button>
        </DialogClose>
        <SubmitButton pending={pending}>Admit it</SubmitButton>
      </div>
    </form>
  );
}
