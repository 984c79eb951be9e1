import { z } from "@hono/zod-openapi";
import { CHOSEN_REASONS, REVOCATION_COMMENT_MAX } from "#lib/authority/revocation-input.ts";
import type { ListedRevocation } from "#lib/authority/revocation-list.ts";
import type { RevocationFacts } from "#lib/inventory/revocation-facts.ts";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";

/** The JSON of revocations on the REST API. */

const REASONS = Object.keys(REVOCATION_REASONS) as [RevocationReason, ...RevocationReason[]];

const meanings = (reasons: readonly RevocationReason[]) =>
  reasons.map((reason) => `${reason}: ${REVOCATION_REASONS[reason].meaning}`).join(" ");

const comment = z
  .string()
  .optional()
  .openapi({ description: `At most ${REVOCATION_COMMENT_MAX} characters; shown as text.` });

export const revokeSchema = z
  .strictObject({
    reason: z.enum(CHOSEN_REASONS).openapi({
      description: `RFC 5280 §5.3.1. ${meanings(CHOSEN_REASONS)} cACompromise is for authorities, keyCompromise and privilegeWithdrawn for all others.`,
    }),
    comment,
    invalidAt: z.iso.datetime().optional().openapi({
      description:
        "Since when the key may be compromised (RFC 5280 §5.3.2): in the past, and in the life of the certificate. The revocation itself is always of now.",
    }),
  })
  .openapi("RevokeRequest");

export const holdSchema = z.strictObject({ comment }).openapi("HoldRequest");

export const revocationFactsSchema = z
  .object({
    reason: z.enum(REASONS).openapi({ description: "certificateHold: on hold." }),
    revokedAt: z.iso.datetime(),
    invalidAt: z.iso.datetime().nullable(),
    comment: z.string(),
    requestedBy: z.string(),
    publishedAt: z.iso.datetime().nullable().openapi({
      description: "When the first CRL that has it was published; null while none has. OCSP says it at once.",
    }),
    source: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: "The CRL of another authority that says so; null when it was revoked here." }),
  })
  .openapi("Revocation");

export const listedRevocationSchema = revocationFactsSchema
  .extend({
    certificate: z.object({
      id: z.string(),
      serial: z.string(),
      displayName: z.string(),
      kind: z.string(),
      notAfter: z.iso.datetime(),
    }),
    authority: z.string().nullable().openapi({
      description: "Short name of the authority whose CRL has it; null for another one's.",
    }),
    secondsToPublish: z.number().nullable().openapi({ description: "From revokedAt to publishedAt." }),
  })
  .openapi("ListedRevocation");

/** What became of a certificate. */
export const revocationAnswerSchema = z
  .object({
    id: z.string(),
    revocation: revocationFactsSchema
      .nullable()
      .openapi({ description: "Null: neither revoked nor on hold." }),
  })
  .openapi("RevocationAnswer");

export function revocationJson(facts: RevocationFacts): z.input<typeof revocationFactsSchema> {
  return {
    reason: facts.reason,
    revokedAt: facts.revokedAt.toISOString(),
    invalidAt: facts.invalidAt?.toISOString() ?? null,
    comment: facts.comment,
    requestedBy: facts.requestedBy,
    publishedAt: facts.publishedAt?.toISOString() ?? null,
    source: facts.source,
  };
}

export function listedRevocationJson(listed: ListedRevocation): z.input<typeof listedRevocationSchema> {
  const { id, serial, name, kind, notAfter } = listed.certificate;
  return {
    ...revocationJson(listed),
    certificate: { id, serial, displayName: name, kind, notAfter: notAfter.toISOString() },
    authority: listed.authority?.slug ?? null,
    secondsToPublish: listed.secondsToPublish,
  };
}
