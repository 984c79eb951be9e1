"use client";

import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { type ChainLine, chainLines } from "#components/audit/chain-answer.ts";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { Button } from "#components/ui/button.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Progress } from "#components/ui/progress.tsx";

type Verdict = Extract<ChainLine, { verdict: unknown }>["verdict"];
type State =
  | { step: "idle" }
  | { step: "running"; checked: number; total: number }
  | { step: "done"; verdict: Verdict }
  | { step: "failed"; message: string };

/** Checks the whole chain on the server and shows how far it is, then what was found. */
export function ChainCheck() {
  const [state, setState] = useState<State>({ step: "idle" });
  const run = async () => {
    setState({ step: "running", checked: 0, total: 0 });
    try {
      setState(await check((checked, total) => setState({ step: "running", checked, total })));
    } catch {
      setState({ step: "failed", message: "The check was cut off before its end. Try it again." });
    }
  };
  return (
    <div className="flex flex-col gap-3 border-line border-b px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          icon={<ShieldCheck aria-hidden />}
          pending={state.step === "running"}
          onClick={() => void run()}
        >
          Verify the chain
        </Button>
        <p className="min-w-0 flex-1 basis-72 text-muted text-sm">
          Each event carries the hash of the one before it, so that none can be changed, taken out or put in
          unseen.
        </p>
      </div>
      {state.step === "running" && (
        <Progress
          label="Following the chain"
          {...(state.total > 0 ? { value: state.checked, max: state.total } : {})}
          detail={`${state.checked.toLocaleString("en")} of ${state.total.toLocaleString("en")} events`}
        />
      )}
      {state.step === "failed" && (
        <Notice tone="critical" announce>
          {state.message}
        </Notice>
      )}
      {state.step === "done" && <VerdictNotice verdict={state.verdict} />}
    </div>
  );
}

function VerdictNotice({ verdict }: { verdict: Verdict }) {
  const { whole, checked, head, fault, restorations } = verdict;
  return (
    <Notice
      tone={whole ? "ok" : "critical"}
      title={
        whole ? `The chain is whole: ${counted(checked)}, no gap, every hash right` : "The chain is broken"
      }
      announce
    >
      {fault !== null && (
        <p>
          {fault.detail} The {counted(checked)} before are whole. Keep a copy of the database as it is, and
          compare with a backup.
        </p>
      )}
      {restorations.map(({ sequence, at, replaced }) => (
        <p key={sequence} className="mt-1">
          Restored from a backup with event {sequence.toLocaleString("en")} (<AbsoluteTime time={at} />
          ).{" "}
          {replaced === null ? (
            "The trail that was replaced is not known."
          ) : (
            <>
              The trail that was replaced ended with event {replaced.sequence.toLocaleString("en")},{" "}
              <Copyable text={replaced.hash} label="hash of the replaced head" shorten={16} />: heads noted
              from it no longer fit.
            </>
          )}
        </p>
      ))}
      <p className="mt-1">
        Checked at <AbsoluteTime time={verdict.checkedAt} />. Head: event {head.sequence.toLocaleString("en")}
        , <Copyable text={head.hash} label="hash of the head" shorten={16} />
        {whole && " Written down elsewhere, it also proves later that nothing was cut off."}
      </p>
    </Notice>
  );
}

async function check(onProgress: (checked: number, total: number) => void): Promise<State> {
  const response = await fetch("/audit/verify", { method: "POST" });
  if (!response.ok || response.body === null) {
    return { step: "failed", message: (await response.text()).trim() };
  }
  for await (const line of chainLines(response.body)) {
    if ("failure" in line) return { step: "failed", message: line.failure };
    if ("verdict" in line) return { step: "done", verdict: line.verdict };
    onProgress(line.progress.checked, line.progress.total);
  }
  throw new Error("The answer has no verdict.");
}

function counted(events: number): string {
  return `${events.toLocaleString("en")} ${events === 1 ? "event" : "events"}`;
}
