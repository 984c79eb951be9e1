"use client";

import { Pause, Play } from "lucide-react";
import { useTransition } from "react";
import { REFUSAL_WORDS } from "#components/client/refusal-words.ts";
import { Button } from "#components/ui/button.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** A server action that changes the status of a client. */
export type SetStatus = (input: { client: string }) => Promise<ActionResult | undefined>;

interface StatusSwitchProps {
  client: { id: string; name: string; status: string };
  suspend: SetStatus;
  resume: SetStatus;
  size?: "sm" | "md";
}

/**
 * Suspends or resumes at the press, without a question: whoever presses it has no time, and the same button takes it
 * back. The message offers that too, for whoever pressed the wrong row.
 */
export function StatusSwitch({ client, suspend, resume, size = "md" }: StatusSwitchProps) {
  const [pending, startTransition] = useTransition();
  const name = harmless(client.name);
  const isSuspended = client.status === "suspended";

  const change = (to: "active" | "suspended") =>
    startTransition(async () => {
      const sent = (to === "suspended" ? suspend : resume)({ client: client.id });
      const refusal = refusalOf(await answerOf(sent));
      if (refusal !== undefined) {
        toast(
          "critical",
          `Not confirmed: ${to === "suspended" ? "suspending" : "resuming"} ${name}`,
          refusal.message,
        );
        return;
      }
      const undo = () => change(to === "suspended" ? "active" : "suspended");
      if (to === "suspended") {
        toast("ok", `Suspended ${name}`, REFUSAL_WORDS, { label: "Undo", act: undo });
      } else {
        toast(
          "ok",
          `Resumed ${name}`,
          "Proxies that ask let it in within a second, those that decide from a file with the next version.",
          { label: "Undo", act: undo },
        );
      }
    });

  return (
    <Button
      size={size}
      pending={pending}
      icon={isSuspended ? <Play aria-hidden /> : <Pause aria-hidden />}
      aria-label={`${isSuspended ? "Resume" : "Suspend"} ${name}`}
      title={`${isSuspended ? "Resume" : "Suspend"} ${name}`}
      onClick={() => change(isSuspended ? "active" : "suspended")}
    >
      {/* A row of a list is short of space; the icon and the label for screen readers stay. */}
      <span className={size === "sm" ? "sm:hidden 2xl:inline" : ""}>
        {isSuspended ? "Resume" : "Suspend"}
      </span>
    </Button>
  );
}
