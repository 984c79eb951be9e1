import { untoldWords } from "#components/client/untold-words.ts";
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
  /** Names of proxies that do not tell who comes through them. */
  untold?: readonly string[];
}

/** Places in view. */
const SHOWN = 5;

/** Who would be locked out if a credential ended now. */
export function StillUsed({ lastAt, uses, untold = [] }: StillUsedFacts) {
  const unknown = untoldWords(untold);
  if (uses.length === 0) {
    return (
      <Notice
        tone={unknown === null ? "ok" : "warn"}
        title={`Not ${unknown === null ? "used" : "seen"} for ${STILL_USED_HOURS} hours`}
      >
        {lastAt === null ? (
          "It was never used."
        ) : (
          <>
            Last used <RelativeTime time={lastAt} />.
          </>
        )}{" "}
        {unknown ?? "Nobody should notice when it ends."}
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
      {unknown !== null && <p>{unknown}</p>}
    </Notice>
  );
}
