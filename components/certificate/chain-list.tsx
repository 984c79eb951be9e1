import { FileBadge, Network } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { RelativeTime } from "#components/ui/relative-time.tsx";

interface ChainNode {
  name: string;
  notAfter: Date;
  /** Absent for the certificate itself and for authorities that are not ours. */
  href: string | null;
  role: "this certificate" | "intermediate" | "root";
}

/** A certificate and those above it, drawn from the one itself to the root. */
export function ChainList({ nodes }: { nodes: readonly ChainNode[] }) {
  return (
    <ol className="flex flex-col">
      {nodes.map((node, index) => (
        <li key={`${node.name}-${node.role}-${node.notAfter.getTime()}`} className="flex gap-3">
          <span aria-hidden className="flex flex-col items-center">
            <span className="grid size-7 shrink-0 place-items-center rounded-full border border-line-strong text-muted [&_svg]:size-3.5">
              {node.role === "this certificate" ? <FileBadge /> : <Network />}
            </span>
            {index < nodes.length - 1 && <span className="w-px flex-1 bg-line-strong" />}
          </span>
          <span className={index < nodes.length - 1 ? "min-w-0 pb-4" : "min-w-0"}>
            <Name href={node.href}>{node.name}</Name>
            <span className="block text-muted text-sm">
              {node.role} · ends <RelativeTime time={node.notAfter} />
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Name({ href, children }: { href: string | null; children: ReactNode }) {
  const className = "block break-words font-medium";
  if (href === null) return <span className={className}>{children}</span>;
  return (
    <Link href={href} prefetch={false} className={`${className} text-link`}>
      {children}
    </Link>
  );
}
