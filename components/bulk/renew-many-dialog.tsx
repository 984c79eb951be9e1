"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import {
  type BulkActions,
  type BulkSelection,
  certificates,
  type RenewalForecast,
  selectionInWords,
  sent,
} from "#components/bulk/bulk-selection.ts";
import { noteStarted } from "#components/bulk/own-runs.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Loading } from "#components/ui/loading.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { answerOf } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";

interface RenewManyDialogProps {
  selection: BulkSelection;
  actions: BulkActions;
  trigger: ReactNode;
}

/** Says what a renewal of the selected certificates would do, and starts it. */
export function RenewManyDialog({ selection, actions, trigger }: RenewManyDialogProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [pending, startTransition] = useTransition();
  const [forecast, setForecast] = useState<RenewalForecast>();
  const [refusal, setRefusal] = useState<string>();

  const look = async () => {
    setForecast(undefined);
    setRefusal(undefined);
    const result = await actions.forecast({ selection: sent(selection) });
    if (result?.data === undefined) setRefusal(refusalOf(result)?.message ?? "It was not answered.");
    else setForecast(result.data);
  };
  const renew = () =>
    startTransition(async () => {
      const result = await answerOf(actions.renew({ selection: sent(selection) }));
      if (result?.data === undefined) {
        setRefusal(refusalOf(result)?.message ?? "It was not answered.");
        return;
      }
      noteStarted(result.data.run);
      setOpen(false);
      router.push(`/bulk/${result.data.run}`);
    });

  return (
    <Dialog
      title={`Renew ${selectionInWords(selection)}?`}
      description="With the same key each: same names and profile, a new serial number, and as long a life as before. The old certificates stay valid until they expire."
      trigger={trigger}
      open={open}
      onOpenChange={(next) => {
        if (pending) return;
        setOpen(next);
        if (next) void look();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button
            variant="primary"
            pending={pending}
            disabled={forecast === undefined || (forecast.renewable === 0 && !forecast.more)}
            onClick={renew}
          >
            {forecast === undefined || forecast.more
              ? "Renew them"
              : `Renew ${certificates(forecast.renewable)}`}
          </Button>
        </>
      }
    >
      {refusal !== undefined && (
        <Notice tone="critical" title="Nothing was renewed" announce>
          {refusal}
        </Notice>
      )}
      {refusal === undefined && forecast === undefined && <Loading label="Looking at them" rows={2} />}
      {forecast !== undefined && <Forecast forecast={forecast} />}
    </Dialog>
  );
}

const PASSED_OVER = {
  renewed: ["is renewed already", "are renewed already"],
  authority: ["belongs to an authority", "belong to authorities"],
  foreign: ["was issued by somebody else", "were issued by others"],
  listener: [
    "is of Countersign's own listeners, which renew theirs by themselves",
    "are of Countersign's own listeners, which renew theirs by themselves",
  ],
} as const;

function Forecast({ forecast }: { forecast: RenewalForecast }) {
  const { count, renewable, obstacles, more } = forecast;
  const reasons = Object.entries(PASSED_OVER).flatMap(([kind, [one, many]]) => {
    const number = obstacles[kind as keyof typeof obstacles] ?? 0;
    return number === 0 ? [] : [`${number.toLocaleString("en")} ${number === 1 ? one : many}`];
  });
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <p>
        {more && "At least "}
        <strong className="font-semibold">{certificates(renewable)}</strong> {renewable === 1 ? "is" : "are"}{" "}
        renewed{more && `, going by the first ${count.toLocaleString("en")} that were looked at`}.
      </p>
      {reasons.length > 0 && (
        <>
          <p>{more ? "Of these are passed over" : "Passed over"}, with the reason beside each:</p>
          <ul className="list-disc pl-5">
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
      <p className="text-muted">Each new certificate must be installed where the old one is in use.</p>
    </div>
  );
}
