import type { Tone } from "#components/ui/tone.ts";
import type { Obstacle } from "#lib/access/reach-obstacle.ts";
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
export const OBSTACLE_WORDS: Record<Obstacle, string> = {
  "client-suspended": "suspended",
  "client-expired": "expired",
  "key-too-weak": "its key is too weak",
  "issuer-not-accepted": "its authority is not accepted",
  "certificate-not-for-clients": "its certificate is not for clients",
  "certificate-held": "its certificate is on hold",
  "certificate-not-yet-valid": "its certificate is not valid yet",
  "certificate-revoked": "its certificate is revoked",
  "certificate-expired": "no valid certificate",
  "no-certificate": "no valid certificate",
  "no-credential": "no credential that counts",
};

/** What is said of one that was granted a service and does not enter; undefined when nothing stands in its way. */
export function stillRefusedWords(obstacle: Obstacle | null | undefined): string | undefined {
  return obstacle == null ? undefined : `It does not enter yet: ${OBSTACLE_WORDS[obstacle]}.`;
}

/**
 * Why proxies that decide from a file deny what was granted; null when they do not.
 *
 * @param grants for one service that hold now
 * @param proxies names of those whose lists know neither paths nor methods
 */
export function deniedByFile(
  grants: readonly { paths: readonly string[]; methods: readonly string[] }[],
  proxies: readonly string[],
): string | null {
  const isLimited = grants.every(({ paths, methods }) => paths.length > 0 || methods.length > 0);
  if (proxies.length === 0 || grants.length === 0 || !isLimited) return null;
  return `Denied at ${[...new Set(proxies)].join(", ")}: its list knows neither paths nor methods.`;
}

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
