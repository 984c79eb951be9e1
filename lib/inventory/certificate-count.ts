import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { type CertificateFilter, EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";
import { orderOf } from "#lib/inventory/certificate-order.ts";
import { COUNTING_EFFORT, findPage } from "#lib/inventory/certificate-page.ts";
import { type CertificateSearch, parseSearch } from "#lib/inventory/certificate-search.ts";
import { fromSearch, isTimelessSelection } from "#lib/inventory/certificate-source.ts";
import { selectCohorts } from "#lib/inventory/cohort-selection.ts";
import { queryRows } from "#lib/sql-steps.ts";

/** Where counting stops when certificates must be looked at: more is shown as "1,000+". */
export const COUNT_MAX = 1_000;

/** Names that are looked at for a count: several may be of the same certificate. */
const NAMES_MAX = 2_000;

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
  if (selection.count === 0) return { count: 0, exact: true };
  if (isTimelessSelection(selection)) {
    if (search === null) return { count: selection.count, exact: true };
    if (selection.groups.every(({ ids }) => ids === null)) return countFound(database, search);
  }
  const { places, resume } = await findPage(
    database,
    {
      selection,
      search,
      order: orderOf("expires"),
      position: null,
      backwards: false,
      limit: COUNT_MAX,
    },
    COUNTING_EFFORT,
  );
  return { count: places.length, exact: resume === null };
}

/** Of a search among all there is, the indexes that it goes by say enough. */
async function countFound(database: Database, search: CertificateSearch): Promise<CertificateCount> {
  const { sql, parameters } = fromSearch(database, search, NAMES_MAX);
  const [row] = await queryRows(
    database,
    `WITH "found" AS MATERIALIZED (${sql})
     SELECT (SELECT count(*) FROM "found") AS "names", count(*) AS "certificates"
     FROM (SELECT DISTINCT "id" AS "foundId" FROM "found") AS "distinct"
     JOIN "Certificate" c ON c."id" = "foundId" WHERE c."cohortId" IS NOT NULL`,
    parameters,
  );
  const count = Math.min(Number(row?.certificates), COUNT_MAX);
  return { count, exact: count < COUNT_MAX && Number(row?.names) < NAMES_MAX };
}
