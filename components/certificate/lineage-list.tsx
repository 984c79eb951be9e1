import Link from "next/link";
import type { ReactNode } from "react";
import { type LineageBar, lineageBars, lineageView } from "#components/certificate/lineage-bars.ts";
import { Badge } from "#components/ui/badge.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";

interface LineageMember {
  id: string;
  serial: string;
  notBefore: Date;
  notAfter: Date;
  createdAt: Date;
  requestedBy: string;
}

interface LineageListProps {
  /** Oldest first. */
  lineage: readonly LineageMember[];
  /** How many there are before the first, and behind the last. */
  earlier: number;
  later: number;
  currentId: string;
  now: Date;
}

/** A certificate's renewals, oldest first: what replaced what, when and by whom, each life drawn on one axis of time. */
export function LineageList({ lineage, earlier, later, currentId, now }: LineageListProps) {
  const { bars, nowAt } = lineageBars(lineage, now);
  const rows = lineage.map((member, index) => (
    <Member
      key={member.id}
      member={member}
      isFirst={index === 0 && earlier === 0}
      isCurrent={member.id === currentId}
      bar={bars[index] ?? { start: 0, width: 100 }}
      nowAt={nowAt}
    />
  ));
  const { from, to } = lineageView(
    lineage.length,
    lineage.findIndex(({ id }) => id === currentId),
  );
  return (
    <div className="flex flex-col gap-3">
      <Folded word="earlier" rows={rows.slice(0, from)} others={earlier} />
      <ol className="flex flex-col gap-3">{rows.slice(from, to)}</ol>
      <Folded word="later" rows={rows.slice(to)} others={later} />
      <p aria-hidden className="flex items-center gap-1.5 text-muted text-xs">
        <span className="h-3 w-0.5 bg-ink" /> now
      </p>
    </div>
  );
}

interface FoldedProps {
  word: "earlier" | "later";
  rows: readonly ReactNode[];
  /** How many more there are, which are not drawn. */
  others: number;
}

/** Members that open on demand, on one side of those in view. */
function Folded({ word, rows, others }: FoldedProps) {
  if (rows.length === 0) return null;
  const more = others > 0 && (
    <p className="text-muted text-sm">
      … {others.toLocaleString("en")} {word} {others === 1 ? "one" : "ones"}
    </p>
  );
  return (
    <details>
      <summary className="text-link">
        {(rows.length + others).toLocaleString("en")} {word}
      </summary>
      <div className="mt-3 flex flex-col gap-3">
        {word === "earlier" && more}
        <ol className="flex flex-col gap-3">{rows}</ol>
        {word === "later" && more}
      </div>
    </details>
  );
}

interface MemberProps {
  member: LineageMember;
  isFirst: boolean;
  isCurrent: boolean;
  bar: LineageBar;
  nowAt: number;
}

function Member({ member, isFirst, isCurrent, bar, nowAt }: MemberProps) {
  const { id, serial, requestedBy, createdAt, notAfter } = member;
  const short = `${serial.slice(0, 12)}…`;
  return (
    <li className="min-w-0">
      <span className="flex flex-wrap items-center gap-x-2">
        {isCurrent ? (
          <span className="font-medium font-mono slashed-zero">{short}</span>
        ) : (
          <Link href={`/certificates/${id}`} prefetch={false} className="text-link font-mono slashed-zero">
            {short}
          </Link>
        )}
        {isCurrent && <Badge>this one</Badge>}
      </span>
      <span aria-hidden className="relative my-1 block h-2 rounded-full bg-neutral-soft">
        <span
          className={classNames(
            "absolute inset-y-0 min-w-1 rounded-full",
            isCurrent ? "bg-accent" : "bg-neutral-solid",
          )}
          style={{ left: `${bar.start}%`, width: `${bar.width}%` }}
        />
        <span className="absolute -inset-y-0.5 w-0.5 bg-ink" style={{ left: `${nowAt}%` }} />
      </span>
      <span className="block break-words text-muted text-sm">
        {isFirst ? "issued" : "renewed"} by {requestedBy} <RelativeTime time={createdAt} />, ends{" "}
        <RelativeTime time={notAfter} />
      </span>
    </li>
  );
}
