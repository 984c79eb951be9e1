import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { STILL_USED_HOURS } from "#lib/access/credential-rotate.ts";

/** Where a credential was let in of late. */
export interface StillUsedFacts {
  lastAt: Date | null;
  uses: readonly {
    service: { name: string } | null;
    proxy: { name: string } | null;
    permitted: number;
    lastAt: Date;
  }[];
}

/** Places in view. */
const SHOWN = 5;

/** Who would be locked out if a credential ended now. */
export function StillUsed({ lastAt, uses }: StillUsedFacts) {
  if (uses.length === 0) {
    return (
      <Notice tone="ok" title={`Not used for ${STILL_USED_HOURS} hours`}>
        {lastAt === null ? (
          "It was never used."
        ) : (
          <>
            Last used <RelativeTime time={lastAt} />.
          </>
        )}{" "}
        Nobody should notice when it ends.
      </Notice>
    );
  }
  return (
    <Notice tone="warn" title="Still used">
      <ul>
        {uses.slice(0, SHOWN).map(({ service, proxy, permitted, lastAt: at }) => (
          <li key={`${service?.name} ${proxy?.name}`} className="[overflow-wrap:anywhere]">
            at {service === null ? "a service that is gone" : harmless(service.name)}, through{" "}
            {proxy === null ? "a proxy that is gone" : harmless(proxy.name)}: {permitted.toLocaleString("en")}{" "}
            {permitted === 1 ? "time" : "times"}, last <RelativeTime time={at} />
          </li>
        ))}
        {uses.length > SHOWN && <li>and in {uses.length - SHOWN} more places</li>}
      </ul>
    </Notice>
  );
}
