"use client";

import { type FormEvent, useId, useState, useTransition } from "react";
import { isFiltered } from "#components/certificate/list-address.ts";
import { useListNavigation } from "#components/certificate/list-navigation.tsx";
import type { ViewActions } from "#components/certificate/view-facts.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";

interface SaveViewDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  save: ViewActions["save"];
  mayShare: boolean;
}

/** Asks for the name of the present filter. */
export function SaveViewDialog({ open, onOpenChange, save, mayShare }: SaveViewDialogProps) {
  const { wanted } = useListNavigation();
  const formId = useId();
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name"));
    startTransition(async () => {
      const refused = refusalOf(await answerOf(save({ name, query: wanted, shared: form.has("shared") })));
      setRefusal(refused?.violations[0]?.detail ?? refused?.message);
      if (refused !== undefined) return;
      toast("ok", `The view ${name.trim()} is saved`);
      onOpenChange(false);
    });
  };
  return (
    <Dialog
      title="Save this filter as a view"
      size="sm"
      open={open}
      onOpenChange={(next) => {
        setRefusal(undefined);
        onOpenChange(next);
      }}
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            Save the view
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        {!isFiltered(wanted) && (
          <Notice tone="info">Nothing is filtered now: the view would keep the order only.</Notice>
        )}
        <Field label="Name" required error={refusal}>
          <Input name="name" maxLength={60} autoComplete="off" />
        </Field>
        {mayShare && (
          <Checkbox name="shared" label="Everybody sees it" hint="Only you and an admin can change it." />
        )}
        <p className="text-muted text-sm">
          A range of expiry that begins today moves on with the days; other dates stay as they are.
        </p>
      </form>
    </Dialog>
  );
}
