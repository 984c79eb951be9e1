"use client";

import { Download, KeyRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { certificates } from "#components/bulk/bulk-selection.ts";
import { saveFile } from "#components/certificate/save-file.ts";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { absoluteTime } from "#components/ui/time-format.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

const DESTROYED = {
  confirmed: "The private keys were handed over, and are not kept here any more.",
  expired:
    "The private keys were destroyed, because they were not fetched or confirmed in time. Renew with a new key what is needed.",
  restored:
    "The private keys were destroyed when a backup was restored, because they may have been handed over since it was made. Renew with a new key what is needed.",
};

interface KeyPickupProps {
  run: string;
  keys: {
    state: "none" | "kept" | "handed-out" | "destroyed";
    count: number;
    until: Date | null;
    because: keyof typeof DESTROYED | null;
  };
  /** How many certificates the run issued. */
  issued: number;
  /** The run is over. */
  over: boolean;
  /** Who looks at it started the run. */
  isOwn: boolean;
  requestedBy: string;
  haveKeys(input: { run: string }): Promise<ActionResult | undefined>;
}

/** What was issued, as files; and the private keys, for whoever started the run. */
export function KeyPickup(props: KeyPickupProps) {
  const { run, keys, issued, over } = props;
  const hasKeys = keys.state === "kept" || keys.state === "handed-out";
  return (
    <Card
      title="What was issued"
      actions={
        <a className={buttonStyle("secondary", "md")} href={`/bulk/${run}/files`} download>
          <Download aria-hidden />
          {hasKeys ? "Certificates without keys (ZIP)" : "Certificates (ZIP)"}
        </a>
      }
    >
      {hasKeys && !over && (
        <p className="text-muted">
          {certificates(issued)} so far. Their private keys are kept here, encrypted, and come in one file
          when the run is over.
        </p>
      )}
      {hasKeys && over && <Keys {...props} />}
      {keys.state === "destroyed" && <p>{DESTROYED[keys.because ?? "expired"]}</p>}
      {keys.state === "none" && over && (
        <p className="text-muted">{certificates(issued)}. No private key was made here.</p>
      )}
      {keys.state === "none" && !over && <p className="text-muted">{certificates(issued)} so far.</p>}
    </Card>
  );
}

function Keys({ run, keys, isOwn, requestedBy, haveKeys }: KeyPickupProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [refusal, setRefusal] = useState<string>();
  const [saved, setSaved] = useState(false);
  const count = keys.count === 1 ? "1 private key" : `${keys.count.toLocaleString("en")} private keys`;
  if (!isOwn) {
    return (
      <Notice tone="info" title={`${count} wait for ${requestedBy}`}>
        Only who started the run gets its keys.
      </Notice>
    );
  }
  const download = () =>
    startTransition(async () => {
      setRefusal(undefined);
      const problem = await downloadKeys(run);
      if (problem !== null) setRefusal(problem);
      router.refresh();
    });
  const confirm = async () => {
    const refused = refusalOf(await haveKeys({ run }));
    if (refused === undefined) router.refresh();
    return refused?.message;
  };
  return (
    <div className="flex flex-col gap-4">
      <Notice
        tone="warn"
        title={keys.state === "kept" ? `${count} wait for you, once` : `Have you saved the ${count}?`}
      >
        {keys.state === "kept"
          ? "They were made here and are kept encrypted until you say that you have them; then they are destroyed here and nobody can show them again. After the first download you have an hour to repeat it, should it break off. "
          : "They stay here, encrypted, so that a broken download can be repeated. "}
        {keys.until !== null && (
          <>
            Without your word they are destroyed <RelativeTime time={keys.until} /> (
            {absoluteTime(keys.until)}).
          </>
        )}
      </Notice>
      {refusal !== undefined && (
        <Notice tone="critical" title="The download was not whole" announce>
          {refusal}
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          variant={keys.state === "kept" ? "primary" : "secondary"}
          icon={<KeyRound aria-hidden />}
          pending={pending}
          onClick={download}
        >
          {keys.state === "kept" ? "Download certificates and keys (ZIP)" : "Download again"}
        </Button>
      </div>
      <p className="text-muted text-sm">
        The keys in the file are not encrypted: keep it where only those can read it whom the keys are for,
        and delete it when they are in place.
      </p>
      {keys.state === "handed-out" && (
        <>
          <Checkbox
            label={<span className="font-medium">I have opened the file, and the keys are in it</span>}
            checked={saved}
            onChange={(event) => setSaved(event.target.checked)}
          />
          <div>
            <ConfirmDialog
              trigger={
                <Button variant="primary" disabled={!saved}>
                  Destroy the keys here…
                </Button>
              }
              title={`Destroy ${count} here?`}
              description="The file that you downloaded is then the only copy. This cannot be undone."
              confirmLabel="Destroy them here"
              danger
              onConfirm={confirm}
            />
          </div>
        </>
      )}
    </div>
  );
}

/**
 * Fetches the archive whole before it is saved, so that a broken one is never taken for the real one.
 *
 * @returns why it failed, or null
 */
async function downloadKeys(run: string): Promise<string | null> {
  try {
    const answer = await fetch(`/bulk/${run}/files`, { method: "POST" });
    if (!answer.ok) return await answer.text();
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
    const archive = new Uint8Array(await answer.arrayBuffer());
    saveFile(name ?? "certificates.zip", archive, "application/zip");
    return null;
  } catch {
    return "The connection broke off. The keys are still here: download them again.";
  }
}
