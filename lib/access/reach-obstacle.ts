import type { ClientState } from "#lib/access/client-state.ts";
import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import { readPresented, readRecorded } from "#lib/access/presented-certificate.ts";
import type { ProofCertificate, ProofStanding } from "#lib/access/proof-standing.ts";
import type { Reader } from "#lib/database.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { toHex } from "#lib/x509/hex.ts";

/** Why a client that was granted a service is refused all the same, what is nearest to being right first. */
export const OBSTACLES = [
  "client-suspended",
  "client-expired",
  "key-too-weak",
  "issuer-not-accepted",
  "certificate-not-for-clients",
  "certificate-held",
  "certificate-not-yet-valid",
  "certificate-revoked",
  "certificate-expired",
  "no-certificate",
  "no-credential",
] as const;
export type Obstacle = (typeof OBSTACLES)[number];

/** What a service asks of certificates. */
export interface ServiceDemands {
  /** Bits; 0 for any. */
  minimumStrength: number;
  /** Ids of authorities; empty for all. */
  authorities: readonly string[];
}

/** Certificates of one client that are read. */
const READ_MAX = 10;

/**
 * Why a client would be refused at a service that was granted to it; null when it may enter, as far as is known here.
 *
 * @param standings of its credentials that count now
 */
export async function reachObstacle(
  read: Reader,
  state: ClientState,
  standings: readonly ProofStanding[],
  service: ServiceDemands,
  issuers: KnownIssuers,
): Promise<Obstacle | null> {
  if (state === "suspended" || state === "expired") return `client-${state}`;
  if (standings.length === 0) return "no-credential";
  const met = new Set<Obstacle>();
  for (const { standing, live } of standings) {
    if (standing === "unknown") return null;
    if (standing !== "live") met.add(standing === "none" ? "no-certificate" : `certificate-${standing}`);
    for (const certificate of live.slice(0, READ_MAX)) {
      await letOthersRun();
      const obstacle = await certificateObstacle(read, certificate, service, issuers);
      if (obstacle === null) return null;
      met.add(obstacle);
    }
  }
  return OBSTACLES.find((each) => met.has(each)) ?? "no-certificate";
}

async function certificateObstacle(
  read: Reader,
  { id, issuerId }: ProofCertificate,
  { minimumStrength, authorities }: ServiceDemands,
  issuers: KnownIssuers,
): Promise<Obstacle | null> {
  const { body } = await read.certificate.findUniqueOrThrow({ where: { id }, select: { body: true } });
  const known = issuerId === null ? undefined : issuers.standsFor.get(issuerId);
  const certificate =
    known === undefined
      ? readPresented(body, (subject) => issuers.bySubject.get(toHex(subject)) ?? [])
      : readRecorded(body, known);
  if (certificate === null || !certificate.isForClients) return "certificate-not-for-clients";
  if (certificate.strength < minimumStrength) return "key-too-weak";
  const accepted = authorities.map((authority) => issuers.standsFor.get(authority) ?? authority);
  if (accepted.length === 0) return null;
  return certificate.issuer !== null && accepted.includes(certificate.issuer) ? null : "issuer-not-accepted";
}
