import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { type CertificateFilter, EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";
import { orderOf } from "#lib/inventory/certificate-order.ts";
import { findPage } from "#lib/inventory/certificate-page.ts";
import { parseSearch } from "#lib/inventory/certificate-search.ts";
import { isTimelessSelection } from "#lib/inventory/certificate-source.ts";
import { selectCohorts } from "#lib/inventory/cohort-selection.ts";

/** Where counting stops when certificates must be looked at: more is shown as "1,000+". */
export const COUNT_MAX = 1_000;

/** How many certificates pass a filter. */
export interface CertificateCount {
  count: number;
  /** Not exact: there are at least so many. */
  exact: boolean;
}

/**
 * How many certificates pass a filter: exactly when it demands nothing of times and searches nothing, else up to
 * COUNT_MAX.
 *
 * @throws DomainError `malformed`, `forbidden`
 */
export async function countCertificates(
  installation: Installation,
  actor: Actor,
  filter: CertificateFilter = EVERY_CERTIFICATE,
): Promise<CertificateCount> {
  authorize(actor, "certificate:read");
  const { database, clock } = installation;
  const selection = await selectCohorts(database, filter, clock.now());
  const search = parseSearch(filter.search);
  if (search === null && isTimelessSelection(selection)) return { count: selection.count, exact: true };
  const { places, resume } = await findPage(database, {
    selection,
    search,
    order: orderOf("expires"),
    position: null,
    backwards: false,
    limit: COUNT_MAX,
  });
  return { count: places.length, exact: resume === null };
}
