import type { Prisma } from "#lib/database.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** What is recorded of a certificate that is revoked or held. */
export interface RevocationFacts {
  /** certificateHold is a hold. */
  reason: RevocationReason;
  revokedAt: Date;
  /** Since when its key is believed to be compromised; null when nobody said. */
  invalidAt: Date | null;
  comment: string;
  requestedBy: string;
  /** When the first CRL that has it was published; null while none has. */
  publishedAt: Date | null;
  /** The foreign CRL that says so; null when it was revoked here. */
  source: { id: string; name: string } | null;
}

/** The columns of these facts. */
export const REVOCATION_FACTS = {
  reason: true,
  revokedAt: true,
  invalidAt: true,
  comment: true,
  requestedBy: true,
  publishedAt: true,
  source: { select: { id: true, name: true } },
} as const satisfies Prisma.RevocationSelect;

/** A row as facts. */
export function revocationFactsOf({
  reason,
  revokedAt,
  invalidAt,
  comment,
  requestedBy,
  publishedAt,
  source,
}: Prisma.RevocationGetPayload<{ select: typeof REVOCATION_FACTS }>): RevocationFacts {
  return {
    reason: reason as RevocationReason,
    revokedAt,
    invalidAt,
    comment,
    requestedBy,
    publishedAt,
    source,
  };
}
