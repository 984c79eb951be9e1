"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import {
  type BulkActions,
  type BulkSelection,
  changeInBrief,
  type StartedRun,
  sent,
} from "#components/bulk/bulk-selection.ts";
import { noteStarted } from "#components/bulk/own-runs.ts";
import { toast } from "#components/ui/toast-store.ts";
import { answerOf } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";

/**
 * Changes owner or tags of a selection: a small one is done when it answers and the list stays; a large one, or
 * one of which something failed, leads to its run.
 *
 * @param onDone what was done at once
 */
export function useAnnotation(
  selection: BulkSelection,
  actions: BulkActions,
  onDone: (started: StartedRun) => void,
) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();
  const send = (change: { owner?: string; addTags?: string[]; removeTags?: string[] }, close: () => void) =>
    startTransition(async () => {
      setRefusal(undefined);
      const result = await answerOf(actions.annotate({ selection: sent(selection), ...change }));
      if (result?.data === undefined) {
        setRefusal(refusalOf(result)?.message ?? "It was not answered.");
        return;
      }
      close();
      if (result.data.status === "finished" && result.data.failed === 0) {
        toast("ok", changeInBrief(result.data));
        onDone(result.data);
        router.refresh();
      } else {
        noteStarted(result.data.run);
        router.push(`/bulk/${result.data.run}`);
      }
    });
  return { pending, refusal, send };
}
