import { LifeBar } from "#components/ui/life-bar.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Tone } from "#components/ui/tone.ts";

interface CrlLifeProps {
  thisUpdate: Date;
  /** Null when the CRL does not say. */
  nextUpdate: Date | null;
  now: Date;
  tone: Tone;
}

/** From this update to the next, and how much of that is over. */
export function CrlLife({ thisUpdate, nextUpdate, now, tone }: CrlLifeProps) {
  return (
    <div>
      <div className="flex flex-wrap justify-between gap-x-6 text-sm">
        <span>
          <span className="text-muted">This update</span> <RelativeTime time={thisUpdate} />
        </span>
        {nextUpdate === null ? (
          <span className="text-muted">It does not say when the next one comes</span>
        ) : (
          <span>
            <span className="text-muted">{nextUpdate <= now ? "Expired" : "Ends"}</span>{" "}
            <RelativeTime time={nextUpdate} />
          </span>
        )}
      </div>
      {nextUpdate !== null && (
        <LifeBar
          notBefore={thisUpdate}
          notAfter={nextUpdate}
          now={now}
          tone={tone === "info" ? "neutral" : tone}
          className="mt-1.5 block! w-full!"
        />
      )}
    </div>
  );
}
