import { absoluteTime } from "#components/ui/time-format.ts";

/** An instant in UTC, to the second; for records, where "2 hours ago" says too little. */
export function AbsoluteTime({ time }: { time: Date | string }) {
  const instant = new Date(time);
  return (
    <time dateTime={instant.toISOString()} className="whitespace-nowrap">
      {absoluteTime(instant)}
    </time>
  );
}
