/** The mark: one tick, and a second that answers it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" fill="none" className={className}>
      <rect width="24" height="24" rx="5.5" fill="var(--color-accent)" />
      <g stroke="var(--color-on-accent)" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round">
        <path d="M4.4 12.6 7.6 16 13.4 8.2" />
        <path d="M12.2 15.2 12.9 16 18.9 8.2" />
      </g>
    </svg>
  );
}

/** The mark with the name. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold text-lg tracking-tight">
      <Mark className="size-5 shrink-0" />
      Countersign
    </span>
  );
}
