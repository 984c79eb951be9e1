import type { Tone } from "#components/ui/tone.ts";
import type { ListedService } from "#lib/access/service-read.ts";

/** How a service is set, where that deserves a look. */
export function serviceState({
  status,
  unknownClients,
  failsOpen,
  proxies,
}: Pick<ListedService, "status" | "unknownClients" | "failsOpen" | "proxies">): { tone: Tone; word: string } {
  if (status === "retired") return { tone: "neutral", word: "retired" };
  if (proxies.length === 0) return { tone: "warn", word: "no proxy" };
  if (failsOpen) return { tone: "warn", word: "fails open" };
  if (unknownClients === "learn") return { tone: "info", word: "learning" };
  return { tone: "ok", word: "protected" };
}

/** A count as lists show it: "1,000+" where counting stopped. */
export function countedTo(count: number, most: number): string {
  return count > most ? `${most.toLocaleString("en")}+` : count.toLocaleString("en");
}

/** Why a client with a grant is refused all the same. */
export const OBSTACLE_WORDS = {
  "client-suspended": "suspended",
  "client-expired": "expired",
  "no-credential": "no credential that counts",
} as const;

/** For which part of a service a grant is, in a few words. */
export function partWords({
  paths,
  methods,
}: {
  paths: readonly string[];
  methods: readonly string[];
}): string {
  const where = paths.length === 0 ? "every path" : paths.join(", ");
  return methods.length === 0 ? where : `${methods.join(", ")} on ${where}`;
}
