import type { Tone } from "#components/ui/tone.ts";
import type { ProofStanding, Standing } from "#lib/access/proof-standing.ts";

/** A credential as the page of its client has it. */
export interface CredentialFacts {
  id: string;
  kind: string;
  sha256: string;
  nameType: string;
  nameValue: string;
  authority: { name: string } | null;
  certificate: {
    id: string;
    displayName: string;
    notAfter: Date;
    revocation: { reason: string } | null;
  } | null;
  startsAt: Date;
  endsAt: Date | null;
  /** How all certificates are doing that it lets in; null or absent when nobody looked. */
  proof?: Pick<ProofStanding, "standing" | "certificate"> | null;
  revokesAtEnd: boolean;
  replacesId: string | null;
  lastUsedAt: Date | null;
}

/** The three ways to prove a client, explained where one is chosen. */
export const KIND_WORDS = {
  certificate: {
    label: "This certificate",
    description:
      "Recognised by its SHA-256. Nothing else gets in: when the certificate is renewed, rotate the client.",
  },
  key: {
    label: "This key",
    description:
      "Recognised by its public key (SPKI). Certificates that are renewed with the same key get in, too.",
  },
  name: {
    label: "This name under an authority",
    description:
      "Whoever the authority gives this name gets in, with any key: for clients that renew by themselves, such as SPIFFE workloads.",
  },
} as const;

export type CredentialKind = keyof typeof KIND_WORDS;

export const NAME_TYPE_WORDS: Record<string, string> = {
  uri: "URI",
  dns: "DNS name",
  commonName: "common name",
};

/** What a person calls a credential. */
export function credentialName({ kind, sha256, nameType, nameValue, certificate }: CredentialFacts): string {
  if (kind === "name") return `${NAME_TYPE_WORDS[nameType] ?? nameType} ${nameValue}`;
  return certificate?.displayName ?? `${sha256.slice(0, 12)}…`;
}

export type CredentialPhase = "next" | "active" | "overlap" | "ended";

/** Where a credential is in its life. One that is being replaced overlaps with its successor. */
export function credentialPhase(
  credential: Pick<CredentialFacts, "id" | "startsAt" | "endsAt">,
  all: readonly Pick<CredentialFacts, "replacesId" | "endsAt">[],
  now: Date,
): CredentialPhase {
  const isOver = (end: Date | null) => end !== null && end <= now;
  if (isOver(credential.endsAt)) return "ended";
  if (credential.startsAt > now) return "next";
  const isReplaced = all.some(({ replacesId, endsAt }) => replacesId === credential.id && !isOver(endsAt));
  return isReplaced && credential.endsAt !== null ? "overlap" : "active";
}

/** How a credential is doing, in a word. What its certificate says comes before its own times. */
export function credentialState(
  credential: CredentialFacts,
  all: readonly CredentialFacts[],
  now: Date,
): { tone: Tone; word: string } {
  const phase = credentialPhase(credential, all, now);
  if (phase === "ended") return { tone: "neutral", word: "ended" };
  const word = STANDING_WORDS[standingOf(credential, now)];
  if (word !== null) return { tone: "critical", word };
  if (phase === "next") return { tone: "info", word: "next" };
  return phase === "overlap" ? { tone: "warn", word: "being replaced" } : { tone: "ok", word: "counts" };
}

/** Whether somebody gets in by it now; an expired or revoked certificate is refused, whatever else is said of it. */
export function countsNow(credential: CredentialFacts, all: readonly CredentialFacts[], now: Date): boolean {
  const phase = credentialPhase(credential, all, now);
  if (phase !== "active" && phase !== "overlap") return false;
  return credentialState(credential, all, now).tone !== "critical";
}

/** What stands against a credential, by how its certificates are doing; null for nothing. */
export const STANDING_WORDS: Record<Standing, string | null> = {
  live: null,
  unknown: null,
  held: "certificate on hold",
  revoked: "certificate revoked",
  expired: "certificate expired",
  "not-yet-valid": "certificate not valid yet",
  none: "no valid certificate",
};

function standingOf({ proof, kind, certificate }: CredentialFacts, now: Date): Standing {
  if (proof != null) return proof.standing;
  // A key outlives its certificate.
  if (kind !== "certificate" || certificate === null) return "unknown";
  if (certificate.revocation === null) return certificate.notAfter <= now ? "expired" : "live";
  return certificate.revocation.reason === "certificateHold" ? "held" : "revoked";
}
