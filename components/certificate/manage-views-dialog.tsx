"use client";

import { Trash2 } from "lucide-react";
import { type FormEvent, useState, useTransition } from "react";
import type { ViewActions, ViewFacts } from "#components/certificate/view-facts.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { answerOf } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";

interface ManageViewsDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  views: readonly ViewFacts[];
  actions: ViewActions;
  mayShare: boolean;
}

/** Renames, shares and deletes views. */
export function ManageViewsDialog({ open, onOpenChange, views, actions, mayShare }: ManageViewsDialogProps) {
  return (
    <Dialog
      title="Views"
      open={open}
      onOpenChange={onOpenChange}
      footer={
        <DialogClose>
          <Button variant="primary">Done</Button>
        </DialogClose>
      }
    >
      {views.length === 0 ? (
        <p className="text-muted">There are none left.</p>
      ) : (
        <ul className="divide-y divide-line">
          {views.map((view) => (
            <li key={view.id} className="py-3 first:pt-0 last:pb-0">
              <ViewForm view={view} actions={actions} mayShare={mayShare} />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function ViewForm({ view, actions, mayShare }: { view: ViewFacts; actions: ViewActions; mayShare: boolean }) {
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();
  const run = (work: () => ReturnType<ViewActions["remove"]>) =>
    startTransition(async () => {
      const refused = refusalOf(await answerOf(work()));
      setRefusal(refused?.violations[0]?.detail ?? refused?.message);
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const shared = mayShare ? form.has("shared") : view.shared;
    run(() => actions.change({ id: view.id, name: String(form.get("name")), shared }));
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <Field
        label={view.mine ? "Name" : "Name, made by somebody else"}
        error={refusal}
        className="min-w-40 flex-1"
      >
        <Input name="name" defaultValue={view.name} maxLength={60} autoComplete="off" />
      </Field>
      {mayShare && (
        <Checkbox
          name="shared"
          label="Shared"
          defaultChecked={view.shared}
          className="min-h-8 items-center"
        />
      )}
      <Button type="submit" pending={pending} aria-label={`Save ${view.name}`}>
        Save
      </Button>
      <IconButton
        label={`Delete ${view.name}`}
        icon={<Trash2 aria-hidden />}
        onClick={() => run(() => actions.remove({ id: view.id }))}
      />
    </form>
  );
}
