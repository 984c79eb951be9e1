import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { type Lineage, readLineage } from "#lib/inventory/certificate-lineage.ts";
import { isReferredTo } from "#lib/inventory/certificate-reference.ts";
import { type CertificateSummary, readSummaries } from "#lib/inventory/certificate-summary.ts";
import {
  REVOCATION_FACTS,
  type RevocationFacts,
  revocationFactsOf,
} from "#lib/inventory/revocation-facts.ts";
import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";

/** A certificate with everything known of it. */
export interface CertificateDetail extends CertificateSummary, Lineage {
  parsed: ParsedCertificate;
  names: { type: string; value: string }[];
  replacesId: string | null;
  /** Shown as text. */
  notes: string;
  /** Null when it is neither revoked nor held. */
  revocation: RevocationFacts | null;
}

/**
 * One certificate by its id, serial number (hex) or SHA-256 fingerprint (hex).
 *
 * @throws DomainError `notFound`
 */
export async function getCertificate(
  installation: Installation,
  actor: Actor,
  reference: string,
): Promise<CertificateDetail> {
  authorize(actor, "certificate:read");
  const row = await installation.database.read.certificate.findFirst({
    where: await isReferredTo(installation, reference),
    select: {
      id: true,
      body: true,
      notes: true,
      lineageId: true,
      replacesId: true,
      revocation: { select: REVOCATION_FACTS },
      // The common name is there for searching only.
      names: { where: { type: { not: "cn" } }, select: { type: true, value: true, id: true } },
    },
  });
  const [summary] =
    row === null ? [] : await readSummaries(installation.database, [row.id], installation.clock.now());
  if (row === null || summary === undefined) {
    throw new DomainError("notFound", "There is no such certificate.");
  }
  const { createdAt, replacedById } = summary;
  const lineage = await readLineage(installation.database, { ...row, createdAt, replacedById });
  return {
    ...summary,
    parsed: readForeignCertificate(row.body),
    names: row.names.sort((a, b) => a.id.localeCompare(b.id)).map(({ type, value }) => ({ type, value })),
    ...lineage,
    replacesId: row.replacesId,
    notes: row.notes,
    revocation: row.revocation === null ? null : revocationFactsOf(row.revocation),
  };
}
