"use client";

import { type FormEvent, type ReactNode, useId, useState } from "react";
import {
  type BulkActions,
  type BulkSelection,
  type StartedRun,
  selectionInWords,
} from "#components/bulk/bulk-selection.ts";
import { useAnnotation } from "#components/bulk/use-annotation.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

interface OwnerDialogProps {
  selection: BulkSelection;
  actions: BulkActions;
  onDone: (started: StartedRun) => void;
  trigger: ReactNode;
}

/** Sets the owner of the selected certificates. */
export function OwnerDialog({ selection, actions, onDone, trigger }: OwnerDialogProps) {
  const form = useId();
  const [open, setOpen] = useState(false);
  const { pending, refusal, send } = useAnnotation(selection, actions, onDone);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const owner = String(new FormData(event.currentTarget).get("owner") ?? "");
    send({ owner }, () => setOpen(false));
  };
  const chosen = selectionInWords(selection);
  return (
    <Dialog
      title={`Owner of ${chosen}`}
      description="Replaces the owner that each of them has now. It can be undone on the page of the run."
      trigger={trigger}
      open={open}
      onOpenChange={(next) => !pending && setOpen(next)}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <SubmitButton form={form} pending={pending}>
            Set the owner of {chosen}
          </SubmitButton>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-4">
        {refusal !== undefined && (
          <Notice tone="critical" title="Nothing was changed" announce>
            {refusal}
          </Notice>
        )}
        <Field label="Owner" hint="A person or a team to ask about them. Leave it empty for nobody.">
          <Input name="owner" autoComplete="off" maxLength={100} />
        </Field>
      </form>
    </Dialog>
  );
}
