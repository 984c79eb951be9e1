"use client";

import { BellOff, Check, RotateCcw } from "lucide-react";
import { useTransition } from "react";
import { MuteDialog, type SetMute } from "#components/failures/mute-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** A server action that changes the state of a failure. */
export type SetState = (input: { failure: string }) => Promise<ActionResult | undefined>;

interface StateButtonsProps {
  failure: { id: string; state: "open" | "resolved" | "muted" };
  actions: { resolve: SetState; reopen: SetState; mute: SetMute; unmute: SetState };
}

/**
 * Resolves, mutes and opens again at the press: each can be taken back, and the message offers that. Who was faster is
 * said by the refusal.
 */
export function StateButtons({ failure: { id, state }, actions }: StateButtonsProps) {
  const [pending, startTransition] = useTransition();

  const change = (what: keyof typeof DONE, undo?: keyof typeof DONE) =>
    startTransition(async () => {
      const refusal = refusalOf(await answerOf(actions[what]({ failure: id })));
      if (refusal !== undefined) {
        toast("critical", `Not done: ${NAMES[what]}`, refusal.message);
        return;
      }
      const { title, detail } = DONE[what];
      toast("ok", title, detail, undo === undefined ? undefined : { label: "Undo", act: () => change(undo) });
    });

  return (
    <>
      {state === "open" && <MuteDialog id={id} mute={actions.mute} undo={() => change("unmute")} />}
      {state === "muted" && (
        <Button pending={pending} icon={<BellOff aria-hidden />} onClick={() => change("unmute")}>
          Unmute
        </Button>
      )}
      {state === "resolved" ? (
        <Button
          pending={pending}
          icon={<RotateCcw aria-hidden />}
          onClick={() => change("reopen", "resolve")}
        >
          Open again
        </Button>
      ) : (
        <Button
          variant="primary"
          pending={pending}
          icon={<Check aria-hidden />}
          onClick={() => change("resolve", "reopen")}
        >
          Resolve
        </Button>
      )}
    </>
  );
}

const NAMES = { resolve: "resolving", reopen: "opening again", unmute: "unmuting" } as const;

const DONE: Record<keyof typeof NAMES, { title: string; detail: string }> = {
  resolve: { title: "Resolved", detail: "It is opened again if it happens again." },
  reopen: { title: "Opened again", detail: "It stands among what fails now." },
  unmute: { title: "No longer muted", detail: "It stands among what fails now." },
};
