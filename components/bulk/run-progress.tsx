"use client";

import { Play, RotateCcw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef, useState, useTransition } from "react";
import { forgetStarted, noteStarted, wasStartedHere } from "#components/bulk/own-runs.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** How far a run is. */
export interface Advance {
  status: "preparing" | "running" | "finished" | "cancelled";
  total: number;
  done: number;
  failed: number;
  /** Whether the request did anything; when not, another window has what is left. */
  worked: boolean;
}

interface RunProgressProps {
  run: string;
  progress: Omit<Advance, "worked">;
  /** "Issuing certificates" */
  label: string;
  /** Whether this person may continue, cancel and try again. */
  mayWork: boolean;
  mayRetry: boolean;
  actions: {
    advance(input: { run: string }): Promise<ActionResult<Advance> | undefined>;
    cancel(input: { run: string }): Promise<ActionResult | undefined>;
    retry(input: { run: string }): Promise<ActionResult | undefined>;
  };
}

const REFRESH_EVERY_MS = 3_000;
const WAIT_FOR_OTHERS_MS = 1_500;

const isOver = ({ status }: Pick<Advance, "status">) => status === "finished" || status === "cancelled";

/**
 * How far a run is, and what moves it: this page asks for one piece after the other. Whoever closes it loses
 * nothing, and continues here later.
 */
export function RunProgress({ run, progress, label, mayWork, mayRetry, actions }: RunProgressProps) {
  const router = useRouter();
  const isWanted = useRef(false);
  const [isWorking, setIsWorking] = useState(false);
  const [told, setTold] = useState<Advance>();
  const [refusal, setRefusal] = useState<string>();
  const [pending, startTransition] = useTransition();
  const isNewer = told !== undefined && told.done + told.failed >= progress.done + progress.failed;
  const shown = isNewer && !isOver(progress) ? told : progress;

  const work = async () => {
    if (isWanted.current) return;
    isWanted.current = true;
    noteStarted(run);
    setIsWorking(true);
    setRefusal(undefined);
    let refreshedAt = performance.now();
    try {
      while (isWanted.current) {
        const result = await actions.advance({ run });
        if (result?.data === undefined) {
          setRefusal(refusalOf(result)?.message ?? "It was not answered.");
          break;
        }
        setTold(result.data);
        if (isOver(result.data)) {
          forgetStarted(run);
          break;
        }
        if (!result.data.worked) await pause(WAIT_FOR_OTHERS_MS);
        if (performance.now() - refreshedAt > REFRESH_EVERY_MS) {
          router.refresh();
          refreshedAt = performance.now();
        }
      }
    } catch {
      setRefusal("The server could not be reached. Nothing is done twice: continue when it can be.");
    }
    isWanted.current = false;
    setIsWorking(false);
    router.refresh();
  };

  const begin = useEffectEvent(() => {
    if (mayWork && !isOver(progress) && wasStartedHere(run)) void work();
  });
  useEffect(() => {
    begin();
    return () => {
      isWanted.current = false;
    };
  }, []);

  const stop = async () => {
    isWanted.current = false;
    forgetStarted(run);
    const refused = refusalOf(await actions.cancel({ run }));
    if (refused !== undefined) return refused.message;
    setTold(undefined);
    return undefined;
  };
  const again = () =>
    startTransition(async () => {
      const refused = refusalOf(await answerOf(actions.retry({ run })));
      if (refused !== undefined) {
        setRefusal(refused.message);
        return;
      }
      setTold(undefined);
      void work();
    });

  const settled = shown.done + shown.failed;
  return (
    <div className="flex flex-col gap-3">
      {shown.status === "preparing" ? (
        <Progress
          label="Collecting"
          detail={`${shown.total.toLocaleString("en")} so far; nothing is done yet`}
        />
      ) : (
        <Progress label={label} value={settled} max={Math.max(1, shown.total)} detail={detailOf(shown)} />
      )}
      <p aria-live="polite" className="sr-only">
        {announcement(shown)}
      </p>
      {refusal !== undefined && (
        <Notice tone="critical" title="It stopped" announce>
          {refusal}
        </Notice>
      )}
      {!isOver(shown) && (
        <div className="flex flex-wrap items-center gap-2">
          {mayWork && !isWorking && (
            <Button variant="primary" icon={<Play aria-hidden />} onClick={() => void work()}>
              Continue
            </Button>
          )}
          {mayWork && (
            <ConfirmDialog
              trigger={<Button>Cancel…</Button>}
              title="Cancel the rest?"
              description="What is done stays done. The rest is not begun, and a cancelled run cannot be continued."
              confirmLabel="Cancel the rest"
              danger
              onConfirm={stop}
            />
          )}
          <span className="text-muted text-sm">
            {isWorking
              ? "This page does the work: keep it open, or close it and continue later."
              : "Nobody is working on it from this page. Nothing is done twice."}
          </span>
        </div>
      )}
      {isOver(shown) && shown.failed > 0 && mayRetry && (
        <div>
          <Button icon={<RotateCcw aria-hidden />} pending={pending || isWorking} onClick={again}>
            Try the {shown.failed === 1 ? "failed one" : `${shown.failed.toLocaleString("en")} failed`} again
          </Button>
        </div>
      )}
    </div>
  );
}

function detailOf({ total, done, failed }: Omit<Advance, "worked">): string {
  const settled = `${(done + failed).toLocaleString("en")} of ${total.toLocaleString("en")}`;
  return failed === 0 ? settled : `${settled}, of which ${failed.toLocaleString("en")} failed`;
}

/** Every quarter, so that a screen reader is not kept busy. */
function announcement({ status, total, done, failed }: Omit<Advance, "worked">): string {
  if (status === "preparing") return "Collecting";
  if (status === "cancelled") return "Cancelled";
  if (status === "finished") return `Finished: ${done} done, ${failed} failed`;
  const quarter = Math.floor((4 * (done + failed)) / Math.max(1, total)) * 25;
  return quarter === 0 ? "Begun" : `${quarter} percent`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
