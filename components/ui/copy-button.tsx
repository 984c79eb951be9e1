"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { toast } from "#components/ui/toast-store.ts";

interface CopyButtonProps {
  text: string;
  /** What is copied: "serial number". */
  label: string;
  /** "icon" beside short text, "button" where copying is the thing to do. */
  look?: "icon" | "button";
  /** The text is on the clipboard. */
  onCopied?: (() => void) | undefined;
}

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label, look = "icon", onCopied }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      // Absent on plain http from another machine.
      await navigator.clipboard.writeText(text);
      setCopied(true);
      onCopied?.();
    } catch {
      toast("warn", `This browser did not let us copy the ${label}`, "Select the text and copy it by hand.");
    }
  };
  const icon = copied ? <Check aria-hidden /> : <Copy aria-hidden />;

  return (
    <>
      {look === "button" ? (
        // The label may hold a name, which would make the button wider than a phone.
        <Button size="sm" icon={icon} aria-label={`Copy ${label}`} onClick={copy}>
          Copy
        </Button>
      ) : (
        <button
          type="button"
          aria-label={`Copy ${label}`}
          title={`Copy ${label}`}
          onClick={copy}
          className={classNames(
            "inline-grid size-6 shrink-0 place-items-center rounded-sm align-middle hover:bg-hover [&_svg]:size-3.5",
            copied ? "text-ok" : "text-faint hover:text-ink",
          )}
        >
          {icon}
        </button>
      )}
      <span role="status" className="sr-only">
        {copied ? `Copied the ${label}` : ""}
      </span>
    </>
  );
}
