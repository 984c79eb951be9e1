import { z } from "zod";
import { malformed } from "#lib/errors.ts";
import { deceptionOfParagraph, readable } from "#lib/x509/readable-text.ts";
import {
  AUTHORITY_REASONS,
  END_ENTITY_REASONS,
  REVOCATION_REASONS,
  type RevocationReason,
} from "#lib/x509/revocation-reason.ts";

/** The longest comment of a revocation, in characters. */
export const REVOCATION_COMMENT_MAX = 500;

/** Why somebody revokes, holds or releases, for whoever reads the history. */
export const revocationCommentSchema = z
  .string()
  .transform((text) => text.replaceAll("\r\n", "\n").trim())
  .pipe(
    z
      .string()
      .max(REVOCATION_COMMENT_MAX, { error: `is longer than ${REVOCATION_COMMENT_MAX} characters` })
      .superRefine(readable(deceptionOfParagraph)),
  );

/** Reasons that a person may choose for some certificate. */
export const CHOSEN_REASONS = [...new Set([...END_ENTITY_REASONS, ...AUTHORITY_REASONS])] as const;

/** What is said of a hold or a release. */
export const holdSchema = z.strictObject({ comment: revocationCommentSchema.default("") });

/** What is said of a revocation. */
export const revocationSchema = z.strictObject({
  reason: z.enum(CHOSEN_REASONS),
  comment: revocationCommentSchema.default(""),
  /** Since when the key is believed to be compromised (RFC 5280 §5.3.2); cut to whole seconds. */
  invalidAt: z.date().nullish(),
});

export type RevocationInput = z.input<typeof revocationSchema>;
export type HoldInput = z.input<typeof holdSchema>;

/** Reasons that make sense for a certificate. */
export function reasonsFor(kind: string): readonly RevocationReason[] {
  return kind === "authority" ? AUTHORITY_REASONS : END_ENTITY_REASONS;
}

/**
 * Refuses a reason that says nothing true of such a certificate: relying parties may act on it.
 *
 * @throws DomainError `malformed`
 */
export function checkReason(kind: string, reason: RevocationReason): void {
  const offered = reasonsFor(kind);
  if (offered.includes(reason)) return;
  const { title } = REVOCATION_REASONS[reason];
  throw malformed(
    "reason",
    "revocation.reason",
    `“${title}” (${reason}) is no reason to revoke ${kind === "authority" ? "an authority's" : "an end-entity"} certificate; choose one of ${offered.join(", ")}.`,
  );
}
