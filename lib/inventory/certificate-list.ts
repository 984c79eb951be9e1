import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Database } from "#lib/database.ts";
import { malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { type CertificateFilter, EVERY_CERTIFICATE } from "#lib/inventory/certificate-filter.ts";
import {
  type CertificateSort,
  cursorOf,
  orderOf,
  type Position,
  positionOf,
  USUAL_SORT,
} from "#lib/inventory/certificate-order.ts";
import { findPage, type PageFound, type PageRequest } from "#lib/inventory/certificate-page.ts";
import { parseSearch } from "#lib/inventory/certificate-search.ts";
import { type CertificateSummary, readSummaries } from "#lib/inventory/certificate-summary.ts";
import { selectCohorts } from "#lib/inventory/cohort-selection.ts";

/** The most certificates on one page. */
export const PAGE_MAX = 200;

/** As `before`: the last page of the list. */
export const LAST_PAGE = "end";

export interface CertificateListing {
  filter?: CertificateFilter;
  /** The newest first when absent. */
  sort?: CertificateSort;
  /** `next` of the page before. */
  after?: string | undefined;
  /** `previous` of the page after, or LAST_PAGE; only one of the two. */
  before?: string | undefined;
  /** At most PAGE_MAX. */
  limit?: number;
}

export interface CertificatePage {
  certificates: CertificateSummary[];
  /** Pass as `after` for those behind; null at the end. */
  next: string | null;
  /** Pass as `before` for those in front; null at the beginning. */
  previous: string | null;
  /**
   * Set when a search that finds many stopped before the page was full, after looking at so many certificates:
   * `next` goes on there, and the page may even be empty.
   */
  lookedThrough: number | null;
}

/**
 * A page of the certificates that pass a filter. What it costs does not depend on how many there are.
 *
 * @throws DomainError `malformed` for a cursor that is none or is of another order
 */
export async function listCertificates(
  installation: Installation,
  actor: Actor,
  listing: CertificateListing = {},
): Promise<CertificatePage> {
  authorize(actor, "certificate:read");
  const { limit = 50 } = listing;
  return pageOf(installation, { ...listing, limit: Math.max(1, Math.min(limit, PAGE_MAX)) });
}

/** A page of any size, for callers that have seen to it that the actor may see certificates. */
export async function pageOf(
  installation: Installation,
  listing: CertificateListing,
): Promise<CertificatePage> {
  const { filter = EVERY_CERTIFICATE, sort = USUAL_SORT, after, before, limit = 50 } = listing;
  if (after !== undefined && before !== undefined) {
    throw malformed("before", "cursor", "Only one of after and before can be given.");
  }
  const { database, clock } = installation;
  const order = orderOf(sort);
  const now = clock.now();
  const backwards = before !== undefined;
  const position =
    after !== undefined
      ? positionOf(after, order, "after")
      : before === undefined || before === LAST_PAGE
        ? null
        : positionOf(before, order, "before");
  const { places, resume, lookedThrough } = await findMatching(database, filter, now, {
    order,
    position,
    backwards,
    limit,
  });
  if (backwards) places.reverse();
  const ids = places.map(({ id }) => id);
  const cursor = (place: Position | null | undefined) => (place == null ? null : cursorOf(sort, place));
  return {
    certificates: await readSummaries(database, ids, now),
    next: cursor(backwards ? (before === LAST_PAGE ? null : places.at(-1)) : resume),
    previous: cursor(backwards ? resume : after === undefined ? null : places[0]),
    lookedThrough,
  };
}

/**
 * The ids of all certificates that pass a filter, part by part, for work on them. In the order of their making,
 * so that what is added meanwhile comes last.
 *
 * @param after `next` of the part before
 * @param limit at most 1,000
 * @throws DomainError `malformed`, `forbidden`
 */
export async function matchingCertificateIds(
  installation: Installation,
  actor: Actor,
  filter: CertificateFilter,
  after?: string,
  limit = 200,
): Promise<{ ids: string[]; next: string | null }> {
  authorize(actor, "certificate:read");
  const { database, clock } = installation;
  const order = orderOf("added");
  const { places, resume } = await findMatching(database, filter, clock.now(), {
    order,
    position: after === undefined ? null : positionOf(after, order, "after"),
    backwards: false,
    limit: Math.max(1, Math.min(limit, 1_000)),
  });
  return { ids: places.map(({ id }) => id), next: resume === null ? null : cursorOf("added", resume) };
}

/**
 * Cohorts and certificates are read in one state: a certificate that moves to a new cohort in between, as one does
 * that gets another owner, would be in none of those selected, and missing from a walk although it passes all along.
 */
function findMatching(
  database: Database,
  filter: CertificateFilter,
  now: Date,
  part: Omit<PageRequest, "selection" | "search">,
): Promise<PageFound> {
  const search = parseSearch(filter.search);
  return database.snapshot(async (state) =>
    findPage(state, { ...part, search, selection: await selectCohorts(state, filter, now) }),
  );
}
