import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import type { Installation } from "#lib/installation.ts";

/** Why certificates are passed over by a renewal of many. */
export const OBSTACLES = {
  renewed: "It has been renewed already.",
  held: "It is on hold: release it or revoke it first.",
  revoked: "It is revoked, and not renewed for the same key: replace it with one for a new key.",
  authority: "It belongs to an authority; only end-entity certificates are renewed.",
  foreign: "It was issued under no profile of ours; whoever issued it renews it.",
  listener: "Countersign renews the certificates of its own listeners by itself.",
} as const;

export type ObstacleKind = keyof typeof OBSTACLES;

/**
 * What stands in the way of renewing certificates, as far as it can be told beforehand.
 *
 * @param ids at most 1,000
 * @returns by certificate; those that may be renewed are not in it
 */
export async function renewalObstacles(
  { database }: Installation,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { kind: ObstacleKind; sentence: string }>> {
  const [rows, listener] = await Promise.all([
    database.read.certificate.findMany({
      where: { id: { in: [...ids] } },
      select: { id: true, kind: true, profileId: true, cohort: { select: { state: true } } },
    }),
    database.read.certificateProfile.findUnique({
      where: { slug: LISTENER_PROFILE.slug },
      select: { id: true },
    }),
  ]);
  const found = new Map<string, { kind: ObstacleKind; sentence: string }>();
  for (const { id, kind, profileId, cohort } of rows) {
    const obstacle = obstacleOf({ kind, profileId, state: cohort?.state, listener: listener?.id });
    if (obstacle !== null) found.set(id, { kind: obstacle, sentence: OBSTACLES[obstacle] });
  }
  return found;
}

function obstacleOf(facts: {
  kind: string;
  profileId: string | null;
  state: string | undefined;
  listener: string | undefined;
}): ObstacleKind | null {
  if (facts.kind === "authority") return "authority";
  if (facts.profileId === null) return "foreign";
  if (facts.profileId === facts.listener) return "listener";
  if (facts.state === "held" || facts.state === "revoked") return facts.state;
  return facts.state === "superseded" ? "renewed" : null;
}
