"use client";

import { Undo2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { noteStarted } from "#components/bulk/own-runs.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface UndoButtonProps {
  run: string;
  undo(input: { run: string }): Promise<ActionResult<{ run: string }> | undefined>;
}

/** Puts back what a run changed of owners and tags. */
export function UndoButton({ run, undo }: UndoButtonProps) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={<Button icon={<Undo2 aria-hidden />}>Undo…</Button>}
      title="Undo this change?"
      description="Each certificate gets back the owner and the tags that this run changed. What somebody else changed since stays."
      confirmLabel="Undo the change"
      onConfirm={async () => {
        const result = await undo({ run });
        if (result?.data === undefined) return refusalOf(result)?.message ?? "It was not answered.";
        noteStarted(result.data.run);
        router.push(`/bulk/${result.data.run}`);
        return undefined;
      }}
    />
  );
}
