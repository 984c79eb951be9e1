import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ListedProxy } from "#lib/access/proxy-read.ts";

/** Whence a proxy asked in the last day. */
export function AddressCard({ addresses }: Pick<ListedProxy, "addresses">) {
  return (
    <Card title="Where it asks from" description="In the last 24 hours.">
      {addresses.length === 0 ? (
        <p className="text-muted">It was not heard of.</p>
      ) : (
        <ul className="divide-y divide-line">
          {addresses.map(({ address, firstSeenAt, lastSeenAt }) => (
            <li key={address} className="flex flex-wrap items-baseline justify-between gap-x-4 py-1.5">
              <span className="break-all font-mono">{harmless(address)}</span>
              <span className="text-muted text-sm">
                since <RelativeTime time={firstSeenAt} />, last <RelativeTime time={lastSeenAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
