import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";
import { listCertificates } from "#lib/inventory/certificate-list.ts";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";

/**
 * Certificates that a search finds (see `parseSearch`), the newest first, as proposals while somebody types: a text
 * that nothing can be found by proposes nothing.
 *
 * @param limit the most to return
 * @throws DomainError `forbidden`
 */
export async function findCertificates(
  installation: Installation,
  actor: Actor,
  query: string,
  limit = 8,
): Promise<CertificateSummary[]> {
  authorize(actor, "certificate:read");
  if (query.trim() === "") return [];
  const filter = { ...EVERY_CERTIFICATE, search: query };
  try {
    return (await listCertificates(installation, actor, { filter, limit })).certificates;
  } catch (error) {
    if (error instanceof DomainError && error.code === "malformed") return [];
    throw error;
  }
}
