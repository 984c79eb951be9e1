"use client";

import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Notice } from "#components/ui/notice.tsx";

interface SecretProps {
  value: string;
  /** What it is: "API token", "password of the PKCS#12 file". */
  label: string;
  /** What is kept instead and what to do when it is lost. */
  children: ReactNode;
  onCopied?: () => void;
}

/** A secret in the one moment when it can be seen. Covered until asked for, so that a shared screen does not give it away. */
export function Secret({ value, label, children, onCopied }: SecretProps) {
  const [shown, setShown] = useState(false);
  return (
    <Notice tone="warn" title={`This ${label} is shown once`}>
      <div>{children}</div>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <code className="min-w-0 break-all rounded-sm border border-line bg-surface px-2 py-1 font-mono">
          {shown ? value : "•".repeat(Math.min(value.length, 24))}
        </code>
        <Button size="sm" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? "Cover" : "Show"}
        </Button>
        <CopyButton text={value} label={label} look="button" onCopied={onCopied} />
      </div>
    </Notice>
  );
}
