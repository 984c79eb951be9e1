"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import {
  type BulkActions,
  type BulkSelection,
  certificates,
  type RevocationForecast,
  type RevocationKind,
  selectionInWords,
  sent,
} from "#components/bulk/bulk-selection.ts";
import { noteStarted } from "#components/bulk/own-runs.ts";
import { CommentField, commentOf } from "#components/revocation/comment-field.tsx";
import { CompromisedSince, compromisedSinceOf } from "#components/revocation/compromised-since.tsx";
import { isCompromise, ReasonChoice } from "#components/revocation/reason-choice.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Loading } from "#components/ui/loading.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { RevocationObstacle } from "#lib/authority/bulk-revocation-obstacles.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

interface RevokeManyDialogProps {
  kind: RevocationKind;
  selection: BulkSelection;
  actions: BulkActions;
  trigger: ReactNode;
}

const WORDS = {
  hold: {
    title: (what: string) => `Hold ${what}?`,
    description:
      "Verifiers refuse them as soon as they ask again. They can be released together from their hold, or revoked for good later.",
    verb: "Hold",
    comment: "What is suspected, and who looks into it.",
  },
  revoke: {
    title: (what: string) => `Revoke ${what} for good?`,
    description:
      "Verifiers refuse them as soon as they ask again, and nobody can undo it. When it is a suspicion only, close this and hold them first.",
    verb: "Revoke",
    comment: "Stands on the page of each and in the audit trail; it is not published.",
  },
  release: {
    title: (what: string) => `Release ${what} from their hold?`,
    description: "They are accepted again. Only when it is sure that nobody else has their keys.",
    verb: "Release",
    comment: "What the suspicion was, and why it was wrong.",
  },
} as const;

/** Says what holding, revoking or releasing the selected certificates would do, and starts it. */
export function RevokeManyDialog({ kind, selection, actions, trigger }: RevokeManyDialogProps) {
  const router = useRouter();
  const [forecast, setForecast] = useState<RevocationForecast>();
  const [refusal, setRefusal] = useState<string>();
  const [reason, setReason] = useState<RevocationReason | null>(null);
  const words = WORDS[kind];

  const look = async () => {
    setForecast(undefined);
    setRefusal(undefined);
    setReason(null);
    const result = await actions.forecastRevocation({ selection: sent(selection), kind });
    if (result?.data === undefined) setRefusal(refusalOf(result)?.message ?? "It was not answered.");
    else setForecast(result.data);
  };
  const start = async (form: FormData): Promise<string | undefined> => {
    if (kind === "revoke" && reason === null) return "Say why they are revoked.";
    if (forecast?.possible === 0 && !forecast.more) return "There is nothing to do: all are passed over.";
    const result = await actions.changeRevocation({
      selection: sent(selection),
      kind,
      ...(reason === null ? {} : { reason }),
      comment: commentOf(form),
      compromisedSince: compromisedSinceOf(form),
    });
    if (result?.data === undefined) return refusalOf(result)?.message ?? "It was not answered.";
    noteStarted(result.data.run);
    router.push(`/bulk/${result.data.run}`);
    return undefined;
  };

  const isKnown = forecast !== undefined && !forecast.more;
  return (
    <ConfirmDialog
      trigger={trigger}
      onOpenChange={(opened) => {
        if (opened) void look();
      }}
      title={words.title(selectionInWords(selection))}
      description={words.description}
      confirmLabel={isKnown ? `${words.verb} ${certificates(forecast.possible)}` : `${words.verb} them`}
      // What nobody can undo is not done by a slip: the number must have been read.
      {...(kind === "revoke" ? { confirmWord: confirmWord(forecast) } : {})}
      danger={kind !== "release"}
      onConfirm={start}
    >
      {refusal !== undefined && (
        <Notice tone="critical" title="What it would do could not be looked up" announce>
          {refusal}
        </Notice>
      )}
      {refusal === undefined && forecast === undefined && <Loading label="Looking at them" rows={2} />}
      {forecast !== undefined && <Forecast kind={kind} forecast={forecast} />}
      {kind === "revoke" && <ReasonChoice kind="end-entity" value={reason} onChange={setReason} />}
      {kind === "revoke" && isCompromise(reason) && <CompromisedSince />}
      <CommentField hint={words.comment} />
    </ConfirmDialog>
  );
}

function confirmWord(forecast: RevocationForecast | undefined): string {
  return forecast === undefined || forecast.more ? "revoke them" : `revoke ${forecast.possible}`;
}

const PASSED_OVER: Record<RevocationObstacle, readonly [one: string, many: string]> = {
  authority: [
    "belongs to an authority: revoke it on its page, which says what falls with it",
    "belong to authorities: revoke each on its page, which says what falls with it",
  ],
  foreign: [
    "was issued by somebody else, who alone can revoke it",
    "were issued by others, who alone can revoke them",
  ],
  serial: [
    "has a serial number too long for any list of revoked certificates",
    "have serial numbers too long for any list of revoked certificates",
  ],
  revoked: ["is revoked already", "are revoked already"],
  held: ["is on hold already", "are on hold already"],
  "not-held": ["is not on hold", "are not on hold"],
  expired: ["has expired, and nobody accepts it any more", "have expired, and nobody accepts them any more"],
  reason: ["does not go with the reason", "do not go with the reason"],
  invalidAt: ["was not valid yet at that time", "were not valid yet at that time"],
};

const LOSS = {
  hold: ["stops working until it is released", "stop working until they are released"],
  revoke: ["stops working for good", "stop working for good"],
  release: ["works again", "work again"],
} as const;

function Forecast({ kind, forecast }: { kind: RevocationKind; forecast: RevocationForecast }) {
  const { count, possible, obstacles, more } = forecast;
  const reasons = Object.entries(PASSED_OVER).flatMap(([obstacle, [one, many]]) => {
    const number = obstacles[obstacle as RevocationObstacle] ?? 0;
    return number === 0 ? [] : [`${number.toLocaleString("en")} ${number === 1 ? one : many}`];
  });
  const [one, many] = LOSS[kind];
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <Notice tone={possible === 0 ? "neutral" : kind === "release" ? "info" : "warn"}>
        {more && "At least "}
        <strong className="font-semibold">{certificates(possible)}</strong> {possible === 1 ? one : many}
        {more && `, going by the first ${count.toLocaleString("en")} that were looked at`}.
        {kind !== "release" && possible > 0 && " Who uses them is on the page of each."}
      </Notice>
      {reasons.length > 0 && (
        <div>
          <p>Passed over, with the reason beside each:</p>
          <ul className="list-disc pl-5">
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
