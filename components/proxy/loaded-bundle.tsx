import Link from "next/link";
import { harmless } from "#components/ui/harmless-text.ts";
import type { NamedBundle } from "#lib/authority/named-bundles.ts";

interface LoadedBundleProps {
  slug: string;
  /** Absent when it was deleted since. */
  bundle: NamedBundle | undefined;
}

/** The trust bundle that a proxy loads, as somebody said it. */
export function LoadedBundle({ slug, bundle }: LoadedBundleProps) {
  if (bundle === undefined) {
    return (
      <>
        <span className="break-all font-mono">{slug}</span>, which there is no more: diagnoses presume whom it
        trusts.
      </>
    );
  }
  const folder = bundle.kind === "authority" ? "authorities" : "bundles";
  return (
    <Link href={`/${folder}/${slug}`} prefetch={false} className="text-link">
      {harmless(bundle.name)}
    </Link>
  );
}
