interface ProgressProps {
  /** What is under way: "Importing certificates". */
  label: string;
  /** Done so far; leave it out while the amount is unknown. */
  value?: number;
  max?: number;
  /** Said under the bar: "3,200 of 10,000". */
  detail?: string;
}

/** Long work, and how far it is. */
export function Progress({ label, value, max = 1, detail }: ProgressProps) {
  const known = value !== undefined;
  const percent = known ? Math.round((Math.min(value, max) / max) * 100) : 100;
  return (
    <div>
      <div className="flex items-baseline justify-between gap-4">
        <span className="font-medium">{label}</span>
        {known && <span className="text-muted text-sm">{percent} %</span>}
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(known ? { "aria-valuenow": percent } : {})}
        className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-neutral-soft ring-1 ring-line ring-inset"
      >
        <div
          className={known ? "h-full bg-accent" : "h-full animate-pulse bg-accent"}
          style={{ width: `${percent}%` }}
        />
      </div>
      {detail !== undefined && <p className="mt-1 text-muted text-sm">{detail}</p>}
    </div>
  );
}
