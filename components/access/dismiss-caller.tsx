"use client";

import { useTransition } from "react";
import type { CallerRow } from "#components/access/caller-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface DismissCallerProps {
  caller: CallerRow;
  dismiss: (caller: { sha256: string; serviceId: string }) => Promise<ActionResult | undefined>;
}

/** Forgets a caller. It asks nothing first: whoever comes again is back in the list. */
export function DismissCaller({ caller, dismiss }: DismissCallerProps) {
  const [pending, startTransition] = useTransition();
  const name = harmless(caller.displayName);
  const forget = () =>
    startTransition(async () => {
      const sent = dismiss({ sha256: caller.sha256, serviceId: caller.service.id });
      const refusal = refusalOf(await answerOf(sent));
      if (refusal === undefined)
        toast("ok", `${name} is dismissed`, "It is back in the list when it comes again.");
      else toast("critical", `Not confirmed: dismissing ${name}`, refusal.message);
    });
  return (
    <Button size="sm" variant="quiet" pending={pending} aria-label={`Dismiss ${name}`} onClick={forget}>
      Dismiss
    </Button>
  );
}
