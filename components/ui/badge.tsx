import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { TONES, type Tone } from "#components/ui/tone.ts";

interface BadgeProps {
  /** Leave it out for plain facts (a key type, a count); a tone is a judgement. */
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
}

/** A short fact about the thing it stands beside. With a tone it carries that tone's icon. */
export function Badge({ tone, icon, children }: BadgeProps) {
  const look = TONES[tone ?? "neutral"];
  const Icon = look.icon;
  return (
    <span
      className={classNames(
        "inline-flex max-w-full align-middle items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 py-px font-medium text-xs [&_svg]:size-3 [&_svg]:shrink-0",
        look.line,
        look.soft,
        look.text,
      )}
    >
      {icon ?? (tone && <Icon aria-hidden />)}
      <span className="truncate">{children}</span>
    </span>
  );
}
