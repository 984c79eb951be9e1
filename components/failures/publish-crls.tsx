"use client";

import { Download, RefreshCw } from "lucide-react";
import { useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface PublishCrlsProps {
  /** Who issued the certificate, and those above it. */
  authorities: readonly { id: string; name: string }[];
  /** Where the new lists are fetched, all in one file. */
  address: string;
  publish: (input: { authorities: string[] }) => Promise<ActionResult | undefined>;
  onDone: () => void;
}

/** Has new CRLs published at once, and says where they are. */
export function PublishCrls({ authorities, address, publish, onDone }: PublishCrlsProps) {
  const [pending, startTransition] = useTransition();
  const [answer, setAnswer] = useState<{ refusal: string | null }>();
  const names = authorities.map(({ name }) => harmless(name)).join(", ");
  const send = () =>
    startTransition(async () => {
      const ids = authorities.map(({ id }) => id);
      const refused = refusalOf(await answerOf(publish({ authorities: ids })));
      setAnswer({ refusal: refused?.message ?? null });
      if (refused === undefined) onDone();
    });
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" icon={<RefreshCw aria-hidden />} pending={pending} onClick={send}>
          {authorities.length === 1 ? "Publish a CRL" : `Publish ${authorities.length} CRLs`}
        </Button>
        <a href={address} className={buttonStyle("secondary", "md")} rel="noreferrer">
          <Download aria-hidden />
          Download
        </a>
      </div>
      <p className="break-words text-muted text-sm">Of {names}.</p>
      {answer !== undefined &&
        (answer.refusal === null ? (
          <Notice tone="ok" title="Published within seconds" announce>
            They are at <span className="break-all font-mono">{address}</span>.
          </Notice>
        ) : (
          <Notice tone="critical" title="Not published" announce>
            {answer.refusal}
          </Notice>
        ))}
    </div>
  );
}
