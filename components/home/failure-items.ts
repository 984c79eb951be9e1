import { boundedWords, failureName, hitsMany, rateWords } from "#components/failures/failure-words.ts";
import { type AttentionItem, item } from "#components/home/attention-item.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { remedyWords } from "#lib/handshake/action.ts";
import { COUNTED_MAX } from "#lib/handshake/failure-list.ts";
import type { ListedFailure } from "#lib/handshake/failure-view.ts";

/** Open failures, as the list has them. */
export interface FailureAttention {
  /** The first few, worst first. */
  worst: readonly ListedFailure[];
  /** Of all open ones, up to COUNTED_MAX + 1. */
  open: number;
}

const DAY_MS = 86_400_000;
/** What nobody mended in so long is no news; it stays in its list. */
const OURS_MS = 7 * DAY_MS;
/** Strangers come and go. */
const STRANGERS_MS = DAY_MS;

/** What needs a person of failed handshakes: the worst ones, in one finding. */
export function failureItems({ worst, open }: FailureAttention, now: Date): AttentionItem[] {
  const fresh = worst.filter(
    (failure) => now.getTime() - failure.lastSeenAt.getTime() < (isOurs(failure) ? OURS_MS : STRANGERS_MS),
  );
  const [first] = fresh;
  if (first === undefined) return [];
  const where = first.service ?? first.proxy;
  const ours = fresh.filter(isOurs);
  return [
    item({
      id: "failures",
      tone: ours.length === 0 ? "info" : ours.some(failsNow) ? "critical" : "warn",
      title: open === 1 ? "A failure is open" : `${boundedWords(open, COUNTED_MAX)} failures are open`,
      detail: `${ours.length === 0 ? "Of strangers, as far as the worst ones tell. " : ""}The worst: ${failureName(first)}${
        where === null ? "" : ` at ${harmless(where.name)}`
      }, ${rateWords(first.rate)}. ${remedyWords(first.cause)}`,
      fix:
        open === 1
          ? { label: "Open it", href: `/failures/${first.id}` }
          : { label: "Open the failures", href: "/failures" },
      things: fresh.map((failure) => ({
        ...{ id: failure.id, label: failureName(failure), href: `/failures/${failure.id}` },
        at: failure.lastSeenAt,
      })),
    }),
  ];
}

/** A client of ours, or what refuses everybody. */
function isOurs({ client, cause }: ListedFailure): boolean {
  return client !== null || hitsMany(cause);
}

/** Events an hour of what somebody should get up for. */
const NOW_RATE = 0.5;

const failsNow = ({ rate }: ListedFailure) => rate >= NOW_RATE;
