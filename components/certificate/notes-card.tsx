"use client";

import { type FormEvent, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface NotesCardProps {
  certificateId: string;
  notes: string;
  mayChange: boolean;
  /** Server action; `seen` are the notes that the change began with. */
  save: (input: { certificate: string; notes: string; seen: string }) => Promise<ActionResult | undefined>;
}

/** What people wrote about a certificate, shown as text. */
export function NotesCard(props: NotesCardProps) {
  const { notes, mayChange } = props;
  const [editing, setEditing] = useState(false);
  return (
    <Card
      title="Notes"
      actions={
        mayChange &&
        !editing && (
          <Button size="sm" onClick={() => setEditing(true)}>
            {notes === "" ? "Write notes" : "Edit notes"}
          </Button>
        )
      }
    >
      {editing ? (
        <NotesForm {...props} close={() => setEditing(false)} />
      ) : notes === "" ? (
        <p className="text-muted">
          None. Where it is installed, whom to call, what to mind when it is renewed.
        </p>
      ) : (
        <p className="max-h-96 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]">{notes}</p>
      )}
    </Card>
  );
}

function NotesForm({ certificateId, notes, save, close }: NotesCardProps & { close: () => void }) {
  // What stood there when the change began, also when the page is loaded anew meanwhile.
  const [seen] = useState(notes);
  const [text, setText] = useState(notes);
  const [refusal, setRefusal] = useState<string>();
  const [pending, startTransition] = useTransition();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    startTransition(async () => {
      const refused = refusalOf(await answerOf(save({ certificate: certificateId, notes: text, seen })));
      setRefusal(refused?.message);
      if (refused !== undefined) return;
      toast("ok", "The notes are saved");
      close();
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field
        label="Notes"
        hint="10,000 characters at most; everybody who sees the certificate reads them."
        error={refusal}
      >
        <Textarea
          rows={8}
          value={text}
          maxLength={10_000}
          onChange={(event) => setText(event.target.value)}
          autoFocus
        />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          Save notes
        </Button>
        <Button onClick={close} disabled={pending}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
