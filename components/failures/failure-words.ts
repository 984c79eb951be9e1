import { harmless } from "#components/ui/harmless-text.ts";
import type { Tone } from "#components/ui/tone.ts";
import { causeTitle } from "#lib/handshake/cause-title.ts";
import { type Acting, CAUSES } from "#lib/handshake/causes.ts";
import type { Certainty } from "#lib/handshake/diagnosis.ts";
import type { ListedFailure } from "#lib/handshake/failure-view.ts";

/** How sure a cause is, as a filter names it. */
export const CERTAINTY_WORDS: Record<Certainty, string> = {
  certain: "certain",
  "one-of": "one of several",
  "cannot-tell": "cannot be told",
};

/** How sure the cause of a failure is, behind its title. */
export function certaintyWords({
  certainty,
  candidates,
}: Pick<ListedFailure, "certainty" | "candidates">): string {
  if (certainty === "certain") return "certain";
  if (certainty === "cannot-tell") return "a guess: the log does not tell";
  return candidates.length < 2 ? "likely" : `likeliest of ${candidates.length}`;
}

/** What stands above the causes that are possible. */
export function candidatesWords(certainty: Certainty, count: number): string {
  if (certainty === "cannot-tell") return "The log does not tell which; it usually is";
  return count < 2 ? "Likely, and not certain" : `One of ${count}, the likeliest first`;
}

/** Who has to do something, as the beginning of a sentence. */
export const ACTING_WORDS: Record<Acting, string> = {
  nobody: "Nobody",
  client: "Whoever runs the client",
  authority: "Whoever runs the authority",
  proxy: "Whoever runs the proxy",
  server: "Whoever runs the service",
  network: "Whoever runs the network between",
  upstream: "Whoever runs the upstream",
};

/** Whose handshake failed, in words; nothing of it deceives a reader. */
export function whoWords({
  client,
  presentedName,
  isOfMany,
  direction,
}: Pick<ListedFailure, "client" | "presentedName" | "isOfMany" | "direction">): string {
  if (client !== null) return harmless(client.name);
  if (isOfMany) return "Many strangers";
  if (presentedName !== "") return harmless(presentedName);
  return direction === "upstream" ? "The upstream" : "Somebody without a name";
}

export const STATE_WORDS: Record<ListedFailure["state"], { tone: Tone; word: string }> = {
  open: { tone: "critical", word: "open" },
  muted: { tone: "neutral", word: "muted" },
  resolved: { tone: "ok", word: "resolved" },
};

/** What is said of how it came into its state; null where the state says it all. */
export function stateNote(
  failure: Pick<ListedFailure, "state" | "stateBy" | "regressions" | "muteUntil" | "muteRate">,
): string | null {
  const { state, stateBy, muteUntil, muteRate } = failure;
  if (state === "resolved") return stateBy === "handshake" ? "by itself" : "by hand";
  if (state === "open") return comebackWords(failure);
  if (muteUntil === null) return "until it gets worse";
  return muteRate === null ? "for a time" : "for a time, or until it gets worse";
}

/** That it is open again after it was resolved; null when it never was. */
export function comebackWords({
  state,
  regressions,
}: Pick<ListedFailure, "state" | "regressions">): string | null {
  if (state !== "open" || regressions === 0) return null;
  return regressions === 1 ? "came back" : `came back ${regressions} times`;
}

const COMMON_NAME = /(?:^|[,/+]\s*)CN=((?:\\.|[^\\,/+])+)/i;

/** A distinguished name in the space of a list: what it calls its common name, or all of it when there is none. */
export function shortName(name: string): string {
  return COMMON_NAME.exec(name)?.[1] ?? name;
}

/** Who it is in the space of a list. */
export function shortWho(failure: Parameters<typeof whoWords>[0]): string {
  const who = whoWords(failure);
  return failure.client === null ? shortName(who) : who;
}

/** A failure as a link or a title calls it: cause and whose. */
export function failureName(failure: Parameters<typeof whoWords>[0] & { cause: string }): string {
  return `${causeTitle(failure.cause)}: ${shortWho(failure)}`;
}

/** Events an hour, in words. */
export function paceWords(rate: number): string {
  if (rate < 0.1) return "hardly any";
  return `about ${rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString("en")} an hour`;
}

/** The same of the present. */
export function rateWords(rate: number): string {
  return rate < 0.1 ? "hardly any in the last hours" : `${paceWords(rate)} now`;
}

/** Whether it hits others than whoever failed: then many failures have one origin. */
export function hitsMany(cause: ListedFailure["cause"]): boolean {
  const { acts } = CAUSES[cause];
  return acts === "proxy" || acts === "authority" || acts === "server";
}

/** A count that was cut off says so. @param most up to how many were counted */
export function boundedWords(count: number, most: number): string {
  return count > most ? `${most.toLocaleString("en")}+` : count.toLocaleString("en");
}
