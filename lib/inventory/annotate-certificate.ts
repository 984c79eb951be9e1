import type { z } from "zod";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { annotatePart, changeSchema, notesSchema, replaceNotes } from "#lib/inventory/annotate.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import { tagsOf } from "#lib/inventory/cohort.ts";
import { parsed } from "#lib/parse.ts";

const wholeChangeSchema = changeSchema.extend({ notes: notesSchema.optional() });

export type WholeAnnotation = z.input<typeof wholeChangeSchema>;

/** What is said of a certificate. */
export interface CertificateAnnotation {
  id: string;
  /** "" is nobody. */
  owner: string;
  tags: string[];
  notes: string;
}

/**
 * Changes what is said of one certificate: all of it, or nothing when a part is refused.
 *
 * @param reference id, serial number (hex) or SHA-256 fingerprint (hex)
 * @param change what is absent stays
 * @returns what is said of it now
 * @throws DomainError `malformed`, `notFound`, `conflict`, `forbidden`, and `policyViolation` for too many tags
 */
export async function annotateCertificate(
  installation: Installation,
  actor: Actor,
  reference: string,
  change: WholeAnnotation,
): Promise<CertificateAnnotation> {
  authorize(actor, "certificate:annotate");
  const { notes, ...facts } = parsed(wholeChangeSchema, change);
  const { id } = await isReferredTo(installation, reference);
  return installation.database.write(async (transaction) => {
    const [answer] = await annotatePart(installation, transaction, actor, [id], facts);
    if (answer?.refusal !== undefined) throw new DomainError("policyViolation", answer.refusal);
    if (notes !== undefined) await replaceNotes(installation, transaction, actor, id, notes);
    const certificate = await transaction.certificate.findUniqueOrThrow({
      where: { id },
      select: { notes: true, cohort: { select: { owner: true, tags: true } } },
    });
    return {
      id,
      owner: certificate.cohort?.owner ?? "",
      tags: tagsOf(certificate.cohort?.tags ?? ""),
      notes: certificate.notes,
    };
  });
}
