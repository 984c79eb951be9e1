import { memberState } from "#components/bundle/member-state.ts";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AnchorChoice } from "#lib/inventory/anchor-search.ts";

/** What one must know of a certificate to choose it for a trust bundle. */
export function AnchorLine({ anchor, now }: { anchor: AnchorChoice; now: Date }) {
  const { tone, word } = memberState(anchor, now);
  return (
    <span className="min-w-0 flex-1">
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="break-words font-medium">{anchor.name}</span>
        <Badge>{anchor.isOwn ? "ours" : "imported"}</Badge>
        <Badge>{anchor.isSelfIssued ? "root" : "intermediate"}</Badge>
        {tone !== "ok" && <Badge tone={tone}>{word}</Badge>}
      </span>
      <span className="block break-words text-muted text-sm">
        {anchor.subject} · ends <RelativeTime time={anchor.notAfter} /> ·{" "}
        <span className="font-mono">{anchor.sha256.slice(0, 12)}…</span>
      </span>
    </span>
  );
}
