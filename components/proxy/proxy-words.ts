import { relativeTime } from "#components/ui/time-format.ts";
import type { Tone } from "#components/ui/tone.ts";
import type { AccessWay } from "#lib/access/proxy-configuration/access-setup.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";

/** What a person knows a kind of proxy by. */
export const PROXY_KIND_NAMES: Record<ProxyKind, string> = {
  nginx: "nginx",
  caddy: "Caddy",
  haproxy: "HAProxy",
  apache: "Apache httpd",
  envoy: "Envoy",
  traefik: "Traefik",
};

/** What the ways mean to somebody who chooses one. */
export const WAY_WORDS: Record<AccessWay, { label: string; description: string }> = {
  asks: {
    label: "It asks about each request",
    description: "A change counts at once, also for paths and methods. Requests wait for the answer.",
  },
  file: {
    label: "It decides from a file",
    description: "A script keeps an allowlist fresh: a change counts within seconds, and no request waits.",
  },
};

/** Nothing came for so long from a proxy that came before. */
export const SILENT_AFTER_MS = 24 * 3_600_000;

/** Seen so lately a proxy is called connected. */
export const CONNECTED_MS = 10 * 60_000;

/** How a proxy is doing. */
export function proxyState(
  { status, lastSeenAt }: { status: string; lastSeenAt: Date | null },
  now: Date,
): { tone: Tone; word: string } {
  if (status === "retired") return { tone: "neutral", word: "retired" };
  if (lastSeenAt === null) return { tone: "info", word: "never seen" };
  if (now.getTime() - lastSeenAt.getTime() > SILENT_AFTER_MS) return { tone: "warn", word: "silent" };
  // A proxy that asks is silent while nobody calls: that is no fault, and no proof either.
  if (now.getTime() - lastSeenAt.getTime() > CONNECTED_MS) {
    return { tone: "info", word: `seen ${relativeTime(lastSeenAt, now)}` };
  }
  return { tone: "ok", word: "connected" };
}

/** Which version of an allowlist a proxy holds. */
export interface HeldFile {
  format: string;
  newestVersion: number | null;
  fetchedVersion: number | null;
  fetchedAt: Date | null;
  liveVersion: number | null;
}

/** Longer than a long poll takes, with some to spare. */
export const FETCH_LATE_MS = 120_000;

/**
 * Whether a change reaches a proxy that decides from a file: it must have the newest version, have it in use, and ask
 * for the next one.
 */
export function reachState(file: HeldFile, now: Date): { tone: Tone; word: string; meaning: string } {
  const { newestVersion, fetchedVersion, fetchedAt, liveVersion } = file;
  if (fetchedVersion === null || fetchedAt === null) {
    return { tone: "warn", word: "never fetched", meaning: "It does not know who may enter." };
  }
  if (now.getTime() - fetchedAt.getTime() > FETCH_LATE_MS) {
    return {
      tone: "critical",
      word: "does not fetch",
      meaning: "Whoever is suspended or revoked since still enters there. See whether the fetch script runs.",
    };
  }
  if (newestVersion !== null && fetchedVersion < newestVersion) {
    return { tone: "info", word: "behind", meaning: "A newer version is on its way." };
  }
  if (liveVersion === null) {
    return { tone: "info", word: "fetched", meaning: "It did not say yet which version it uses." };
  }
  if (liveVersion < fetchedVersion) {
    return {
      tone: "critical",
      word: "not in use",
      meaning:
        "It has the newest version and did not take it in. Its own check may refuse the file: see its log.",
    };
  }
  return { tone: "ok", word: "up to date", meaning: "The newest version is in use." };
}
