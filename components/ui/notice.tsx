import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { TONES, type Tone } from "#components/ui/tone.ts";

interface NoticeProps {
  tone: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons or links that mend it. */
  actions?: ReactNode;
  /** True where it appears as an answer to something the user did, so that it is announced. */
  announce?: boolean;
}

/** Something to know, in the place where it matters. */
export function Notice({ tone, title, children, actions, announce = false }: NoticeProps) {
  const look = TONES[tone];
  const Icon = look.icon;
  return (
    <div
      role={announce ? (tone === "critical" ? "alert" : "status") : undefined}
      className={classNames("flex items-start gap-2.5 rounded-md border p-3", look.line, look.soft)}
    >
      <Icon aria-hidden className={classNames("mt-0.5 size-4 shrink-0", look.text)} />
      <div className="min-w-0 flex-1 break-words">
        {title != null && <p className={classNames("font-medium", look.text)}>{title}</p>}
        {children != null && (
          <div className={classNames(title != null && "mt-0.5", "text-ink")}>{children}</div>
        )}
        {actions != null && <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
