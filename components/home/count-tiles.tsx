import Link from "next/link";

export interface CountTile {
  label: string;
  count: string;
  href: string;
}

/** A few numbers that say how large this installation is; each leads to its list. */
export function CountTiles({ tiles }: { tiles: readonly CountTile[] }) {
  return (
    <ul className="grid grid-cols-2 gap-3 md:grid-cols-4">
      {tiles.map(({ label, count, href }) => (
        <li key={href + label}>
          <Link
            href={href}
            prefetch={false}
            className="flex h-full flex-col rounded-lg border border-line bg-surface px-4 py-3 hover:bg-hover"
          >
            <span className="font-semibold text-xl">{count}</span>
            <span className="text-muted text-sm">{label}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
