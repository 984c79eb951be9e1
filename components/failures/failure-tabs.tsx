import Link from "next/link";
import {
  type FailureAddress,
  failuresHref,
  LISTED_STATES,
  type ListedState,
} from "#components/failures/failure-address.ts";
import { boundedWords } from "#components/failures/failure-words.ts";
import { TAB, TAB_BAR } from "#components/ui/tab-style.ts";

const LABELS: Record<ListedState, string> = { open: "Open", muted: "Muted", resolved: "Resolved" };

interface FailureTabsProps {
  address: FailureAddress;
  counts: Record<ListedState, number>;
  /** Up to how many are counted. */
  most: number;
}

/** The states of failures, each with how many there are under the present filters. */
export function FailureTabs({ address, counts, most }: FailureTabsProps) {
  return (
    <nav aria-label="State" className={TAB_BAR}>
      {LISTED_STATES.map((state) => (
        <Link
          key={state}
          href={failuresHref(address, { state })}
          prefetch={false}
          aria-current={state === address.state ? "page" : undefined}
          className={TAB}
        >
          {LABELS[state]}
          <span className="font-normal text-faint text-xs">{boundedWords(counts[state], most)}</span>
        </Link>
      ))}
    </nav>
  );
}
