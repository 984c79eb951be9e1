import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

interface LineageListProps {
  lineage: readonly {
    id: string;
    serial: string;
    notAfter: Date;
    createdAt: Date;
    requestedBy: string;
  }[];
  currentId: string;
}

/** A certificate's renewals, oldest first: when each was issued and by whom. */
export function LineageList({ lineage, currentId }: LineageListProps) {
  return (
    <ol className="flex flex-col gap-2.5">
      {lineage.map((each, index) => (
        <li key={each.id} className="min-w-0">
          <span className="flex flex-wrap items-center gap-x-2">
            {each.id === currentId ? (
              <span className="font-medium font-mono slashed-zero">{each.serial.slice(0, 12)}…</span>
            ) : (
              <Link
                href={`/certificates/${each.id}`}
                prefetch={false}
                className="text-link font-mono slashed-zero"
              >
                {each.serial.slice(0, 12)}…
              </Link>
            )}
            {each.id === currentId && <Badge>this one</Badge>}
          </span>
          <span className="block break-words text-muted text-sm">
            {index === 0 ? "issued" : "renewed"} by {each.requestedBy} <RelativeTime time={each.createdAt} />,
            ends <RelativeTime time={each.notAfter} />
          </span>
        </li>
      ))}
    </ol>
  );
}
