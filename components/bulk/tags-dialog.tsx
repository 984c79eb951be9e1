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

interface TagsDialogProps {
  selection: BulkSelection;
  actions: BulkActions;
  onDone: (started: StartedRun) => void;
  trigger: ReactNode;
}

/** Adds and removes tags of the selected certificates. */
export function TagsDialog({ selection, actions, onDone, trigger }: TagsDialogProps) {
  const form = useId();
  const [open, setOpen] = useState(false);
  const { pending, refusal, send } = useAnnotation(selection, actions, onDone);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const addTags = words(data.get("add"));
    const removeTags = words(data.get("remove"));
    send({ addTags, removeTags }, () => setOpen(false));
  };
  const chosen = selectionInWords(selection);
  return (
    <Dialog
      title={`Tags of ${chosen}`}
      description="What they are tagged with otherwise stays. It can be undone on the page of the run."
      trigger={trigger}
      open={open}
      onOpenChange={(next) => !pending && setOpen(next)}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <SubmitButton form={form} pending={pending}>
            Change {chosen}
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
        <Field
          label="Tags to add"
          hint="Separated by spaces. Letters, digits and . _ : / = @ - between them, 40 characters at most."
        >
          <Input name="add" mono autoComplete="off" placeholder="production team:payments" />
        </Field>
        <Field label="Tags to remove" hint="Separated by spaces.">
          <Input name="remove" mono autoComplete="off" />
        </Field>
      </form>
    </Dialog>
  );
}

function words(value: FormDataEntryValue | null): string[] {
  return String(value ?? "")
    .split(/[\s;,]+/)
    .filter((word) => word !== "");
}
