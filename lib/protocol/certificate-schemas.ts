import { z } from "@hono/zod-openapi";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { NOTES_MAX, TAGS_MAX } from "#lib/inventory/annotate.ts";
import { type CertificateName, NAMES_MAX } from "#lib/inventory/certificate-names.ts";
import { RISK_CODES, RISKS } from "#lib/inventory/certificate-risks.ts";
import { CERTIFICATE_STATUSES } from "#lib/inventory/certificate-status.ts";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** The JSON of certificates on the REST API. */

export const generalNameSchema = z
  .strictObject({ type: z.enum(["dns", "ip", "uri", "email"]), value: z.string().min(1).max(2048) })
  .openapi("GeneralName");

export const issueSchema = z
  .strictObject({
    csr: z.string().openapi({ description: "Certificate signing request, PEM, at most 64 KiB (RFC 2986)." }),
    profile: z
      .string()
      .openapi({ description: "Short name or id of a certificate profile.", example: "server" }),
    subject: z
      .string()
      .max(1024)
      .optional()
      .openapi({ description: "Instead of the request's subject, RFC 4514." }),
    names: z.array(generalNameSchema).max(1000).optional().openapi({
      description: "Instead of the request's subject alternative names.",
    }),
    lifetimeSeconds: z
      .int()
      .min(1)
      .optional()
      .openapi({ description: "Absent: the profile's usual lifetime." }),
  })
  .openapi("IssueRequest");

export const renewSchema = z
  .strictObject({
    csr: z
      .string()
      .optional()
      .openapi({ description: "With a new key: its signing request, PEM. Absent: the same key." }),
    lifetimeSeconds: z.int().min(1).optional(),
  })
  .openapi("RenewRequest");

export const annotationSchema = z
  .strictObject({
    owner: z.string().optional().openapi({
      description: "A person or a team, at most 100 characters; empty: nobody.",
    }),
    addTags: z
      .array(z.string())
      .optional()
      .openapi({ description: `A certificate has at most ${TAGS_MAX} tags.`, example: ["team:payments"] }),
    removeTags: z.array(z.string()).optional(),
    notes: z
      .string()
      .optional()
      .openapi({ description: `At most ${NOTES_MAX} characters; shown as text.` }),
  })
  .openapi("Annotation", { description: "What is absent stays." });

export const annotatedSchema = z
  .object({ id: z.string(), owner: z.string(), tags: z.array(z.string()), notes: z.string() })
  .openapi("AnnotatedCertificate");

export const issuedSchema = z
  .object({
    id: z.string(),
    serial: z.string().openapi({ description: "Lower-case hexadecimal." }),
    certificate: z.string().openapi({ description: "PEM." }),
    chain: z.string().openapi({ description: "The intermediates, PEM." }),
    notBefore: z.iso.datetime(),
    notAfter: z.iso.datetime(),
    profile: z.string(),
    authority: z.string(),
    adjustments: z.array(
      z.object({ field: z.string(), asked: z.string(), issued: z.string(), reason: z.string() }),
    ),
  })
  .openapi("IssuedCertificate");

export const certificateSchema = z
  .object({
    id: z.string(),
    serial: z.string(),
    displayName: z.string(),
    names: z.array(z.object({ type: z.enum(["dns", "ip", "uri", "email"]), value: z.string() })).openapi({
      description: `Subject alternative names in lower case, the first ${NAMES_MAX}; the certificate has them all, exactly.`,
    }),
    kind: z.enum(["end-entity", "authority"]),
    subject: z.string().openapi({ description: "RFC 4514." }),
    issuer: z.string().openapi({ description: "RFC 4514." }),
    authority: z.string().nullable(),
    profile: z.string().nullable(),
    notBefore: z.iso.datetime(),
    notAfter: z.iso.datetime(),
    keyAlgorithm: z.string(),
    sha256: z.string(),
    source: z.string(),
    status: z.enum(CERTIFICATE_STATUSES).openapi({
      description:
        "The first that applies of revoked, held (on hold), superseded (renewed), expired, not-yet-valid, due (in the last third of its life) and valid.",
    }),
    risks: z.array(z.enum(RISK_CODES)).openapi({
      description: RISK_CODES.map((risk) => `${risk}: ${RISKS[risk].meaning}`).join(" "),
    }),
    owner: z.string().openapi({ description: "Empty: nobody." }),
    tags: z.array(z.string()),
    lastSeenAt: z.iso.datetime().nullable().openapi({ description: "When a relying party last met it." }),
    lastSeenWhere: z.string().nullable().openapi({ description: "Where that was." }),
    replacedBy: z.string().nullable().openapi({ description: "Id of the certificate that renewed it." }),
    revokedAt: z.iso.datetime().nullable().openapi({ description: "Since when it is revoked or on hold." }),
    revocationReason: z.string().nullable().openapi({
      description: "RFC 5280 §5.3.1; certificateHold: on hold.",
    }),
    requestedBy: z.string(),
    createdAt: z.iso.datetime(),
  })
  .openapi("Certificate");

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    violations: z.array(z.object({ field: z.string(), rule: z.string(), detail: z.string() })).optional(),
  })
  .openapi("Problem", { description: "RFC 9457." });

/** The refusals that any endpoint may answer. */
export const PROBLEM_RESPONSES = {
  default: {
    description: "A refusal, naming field and rule.",
    content: { "application/problem+json": { schema: problemSchema } },
  },
} as const;

const chainTexts = new WeakMap<readonly Uint8Array[], string>();

/** PEM of a chain, made once for all certificates of an authority. */
export function chainPem(chain: readonly Uint8Array[]): string {
  let text = chainTexts.get(chain);
  if (text === undefined) {
    text = chain.map((certificate) => encodePem("CERTIFICATE", certificate)).join("");
    chainTexts.set(chain, text);
  }
  return text;
}

export function issuedJson(issued: IssuedCertificate): z.input<typeof issuedSchema> {
  return {
    id: issued.id,
    serial: issued.serial,
    certificate: encodePem("CERTIFICATE", issued.certificate),
    chain: chainPem(issued.chain),
    notBefore: issued.notBefore.toISOString(),
    notAfter: issued.notAfter.toISOString(),
    profile: issued.profile,
    authority: issued.authority,
    adjustments: [...issued.adjustments],
  };
}

/** @param names of the certificate, from `readNames` */
export function certificateJson(
  certificate: CertificateSummary,
  names: readonly CertificateName[] = [],
): z.input<typeof certificateSchema> {
  return {
    id: certificate.id,
    serial: certificate.serial,
    displayName: certificate.displayName,
    names: [...names],
    kind: certificate.kind,
    subject: certificate.subject,
    issuer: certificate.issuerName,
    authority: certificate.issuer?.slug ?? null,
    profile: certificate.profile?.slug ?? null,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    keyAlgorithm: certificate.keyAlgorithm,
    sha256: certificate.sha256,
    source: certificate.source,
    status: certificate.status,
    risks: certificate.risks,
    owner: certificate.owner,
    tags: certificate.tags,
    lastSeenAt: certificate.lastSeenAt?.toISOString() ?? null,
    lastSeenWhere: certificate.lastSeenWhere,
    replacedBy: certificate.replacedById,
    revokedAt: certificate.revokedAt?.toISOString() ?? null,
    revocationReason: certificate.revocationReason,
    requestedBy: certificate.requestedBy,
    createdAt: certificate.createdAt.toISOString(),
  };
}
