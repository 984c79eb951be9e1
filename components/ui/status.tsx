import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { TONES, type Tone } from "#components/ui/tone.ts";

interface StatusProps {
  tone: Tone;
  /** The word: valid, expired, on hold. */
  children: ReactNode;
  /** What else belongs to it, in quieter type: "in 3 days". */
  detail?: ReactNode;
}

/** The one status of a thing: shape, colour and word together. */
export function Status({ tone, children, detail }: StatusProps) {
  const look = TONES[tone];
  const Icon = look.icon;
  // In a list where most is well, only what is not well should draw the eye.
  const calm = tone === "ok" || tone === "neutral";
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 align-middle">
      <Icon aria-hidden className={classNames("size-4 shrink-0", look.text)} />
      <span className={classNames("font-medium", calm ? "text-ink" : look.text)}>{children}</span>
      {detail != null && <span className="text-muted">{detail}</span>}
    </span>
  );
}
