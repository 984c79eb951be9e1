import Link from "next/link";
import { Status } from "#components/ui/status.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { TrustingBundle } from "#lib/inventory/trusted-by.ts";

const WORDS: Record<TrustingBundle["verdict"], { tone: Tone; word: string; meaning: string }> = {
  trusts: { tone: "ok", word: "trusts it", meaning: "through" },
  partial: {
    tone: "warn",
    word: "trusts it in part",
    meaning: "OpenSSL, and nginx with it, demands the root above; others do with",
  },
  refuses: { tone: "critical", word: "refuses it", meaning: "the path has a fault; it leads to" },
};

/** Which trust bundles lead their relying parties to trust a certificate. */
export function TrustedByList({ bundles }: { bundles: readonly TrustingBundle[] }) {
  if (bundles.length === 0) {
    return (
      <p className="text-muted">
        No{" "}
        <Link href="/bundles" className="text-link">
          trust bundle
        </Link>{" "}
        holds an authority above it.
      </p>
    );
  }
  return (
    <ul className="flex flex-col gap-3">
      {bundles.map(({ slug, name, anchor, verdict }) => (
        <li key={slug} className="min-w-0">
          <Link href={`/bundles/${slug}`} prefetch={false} className="break-words font-medium text-link">
            {name}
          </Link>
          <span className="block text-sm">
            <Status tone={WORDS[verdict].tone}>{WORDS[verdict].word}</Status>
            <span className="block break-words text-muted">
              {WORDS[verdict].meaning} {anchor}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
