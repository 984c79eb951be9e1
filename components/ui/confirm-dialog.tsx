"use client";

import { AlertDialog as Radix } from "radix-ui";
import { type FormEvent, type ReactNode, useId, useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { answerOf } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";

interface ConfirmDialogProps {
  /** The button that opens it; leave it out when `open` is given. */
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** A question with its subject: "Revoke payments-worker?" */
  title: string;
  /** What it will do, and whether it can be undone. */
  description: ReactNode;
  /** What will break: who uses it, where, when last; and fields such as a reason. */
  children?: ReactNode;
  /** The verb: "Revoke certificate". */
  confirmLabel: string;
  /** What must be typed first, for what cannot be undone; usually the subject's name. */
  confirmWord?: string;
  danger?: boolean;
  /**
   * Does it. The form's fields are passed, so that children may ask for more.
   * @returns a sentence when it was refused: it is shown and the dialog stays open
   */
  onConfirm: (form: FormData) => Promise<string | undefined>;
}

/** Asks before something with consequences. The focus starts on what does nothing. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [opened, setOpened] = useState(false);
  const open = props.open ?? opened;
  const [pending, startTransition] = useTransition();
  const change = (next: boolean) => {
    // What was asked for must end first. It may be done, and the page behind it still being drawn anew: then it may be
    // opened again.
    if (pending && open) return;
    setOpened(next);
    props.onOpenChange?.(next);
  };
  return (
    <Radix.Root open={open} onOpenChange={change}>
      {props.trigger != null && <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className="dialog-scrim" />
        <Radix.Content className="dialog-window max-w-lg">
          <ConfirmForm
            {...props}
            pending={pending}
            run={(work) => startTransition(work)}
            done={() => {
              setOpened(false);
              props.onOpenChange?.(false);
            }}
          />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmFormProps extends ConfirmDialogProps {
  pending: boolean;
  run: (work: () => Promise<void>) => void;
  done: () => void;
}

/** Its state lives as long as the dialog is open. */
function ConfirmForm(props: ConfirmFormProps) {
  const { confirmWord, pending } = props;
  const wordId = useId();
  const [word, setWord] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const ready = confirmWord === undefined || word.trim() === confirmWord;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!ready || pending) return;
    const form = new FormData(event.currentTarget);
    props.run(async () => {
      const answer = await answerOf(props.onConfirm(form).then((sentence) => ({ data: sentence })));
      const refused = refusalOf(answer)?.message ?? answer?.data;
      if (refused === undefined) props.done();
      else setRefusal(refused);
    });
  };

  return (
    <form onSubmit={submit} className="flex min-h-0 flex-col">
      <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-5 py-4">
        <div>
          <Radix.Title className="break-words font-semibold text-lg">{props.title}</Radix.Title>
          <Radix.Description asChild>
            <div className="mt-1 text-muted">{props.description}</div>
          </Radix.Description>
        </div>
        {props.children}
        {refusal !== undefined && (
          <Notice tone="critical" announce>
            {refusal}
          </Notice>
        )}
      </div>
      {/* Outside of what scrolls: without it in view nobody knows why the button is off. */}
      {confirmWord !== undefined && (
        <div className="flex flex-col gap-1 px-5 pb-4">
          <label htmlFor={wordId}>
            Type <strong className="break-all font-mono font-semibold">{confirmWord}</strong> to confirm
          </label>
          <Input
            id={wordId}
            value={word}
            onChange={(event) => setWord(event.target.value)}
            autoComplete="off"
            mono
          />
        </div>
      )}
      <footer className="dialog-footer">
        <Radix.Cancel asChild>
          <Button disabled={pending}>Cancel</Button>
        </Radix.Cancel>
        <Button
          type="submit"
          variant={props.danger ? "danger" : "primary"}
          disabled={!ready}
          pending={pending}
        >
          {props.confirmLabel}
        </Button>
      </footer>
    </form>
  );
}
