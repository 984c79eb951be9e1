import { classNames } from "#components/ui/class-names.ts";
import { TONES, type Tone } from "#components/ui/tone.ts";

interface LifeBarProps {
  notBefore: Date;
  notAfter: Date;
  now: Date;
  /** How it is doing, as the status beside it says. What is well stays grey, or a list of the healthy would be all green. */
  tone: Tone;
  className?: string;
}

/** How much of a validity is used up. The words stand beside it: it only gives the eye a length. */
export function LifeBar({ notBefore, notAfter, now, tone, className }: LifeBarProps) {
  const used = usedFraction(notBefore, notAfter, now);
  const percent = Math.round(used * 100);
  return (
    <span
      role="img"
      aria-label={`${percent} % of its life used`}
      className={classNames(
        "inline-block h-1.5 w-20 max-w-full overflow-hidden rounded-full bg-neutral-soft align-middle ring-1 ring-line ring-inset",
        className,
      )}
    >
      <span
        className={classNames("block h-full", TONES[tone === "ok" ? "neutral" : tone].solid)}
        style={{ width: `${percent}%` }}
      />
    </span>
  );
}

function usedFraction(notBefore: Date, notAfter: Date, now: Date): number {
  const life = notAfter.getTime() - notBefore.getTime();
  if (life <= 0) return 1;
  return Math.min(1, Math.max(0, (now.getTime() - notBefore.getTime()) / life));
}
