import { redirect } from "next/navigation";
import { Suspense } from "react";
import { CertificateList } from "#components/certificate/certificate-list.tsx";
import type { CertificateRowFacts } from "#components/certificate/certificate-row-facts.ts";
import { listHref } from "#components/certificate/list-address.ts";
import { countInWords, type ListCount } from "#components/certificate/list-count.ts";
import { ListPages } from "#components/certificate/list-pages.tsx";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import { type Installation, installation } from "#lib/installation.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { isEveryCertificate } from "#lib/inventory/certificate-filter.ts";
import { type CertificatePage, listCertificates } from "#lib/inventory/certificate-list.ts";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";
import { type OtherNames, otherNames } from "#lib/inventory/other-names.ts";
import { BULK_ACTIONS } from "../../bulk/toolbar-actions.ts";
import type { ListAddress } from "./address.ts";
import { NothingFound } from "./nothing-found.tsx";

interface FoundPageProps {
  actor: UserActor;
  address: ListAddress;
  count: Promise<ListCount>;
}

/** The certificates of one page, or why there are none. */
export async function FoundPage({ actor, address, count }: FoundPageProps) {
  const here = installation();
  const page = await readPage(here, actor, address);
  const { query, filter } = address;
  if (page.certificates.length === 0 && page.next === null) {
    // A page behind the last one, which was there when its link was made.
    if (address.after !== undefined || address.before !== undefined) redirect(listHref(query));
    return <NothingFound actor={actor} isFiltered={!isEveryCertificate(filter)} search={filter.search} />;
  }
  const names = await otherNames(here, actor, page.certificates);
  const isWhole = page.next === null && page.previous === null && isEveryCertificate(filter);
  return (
    <>
      {isWhole && page.certificates.every(isOurOwn) && (
        <NothingFound actor={actor} isFiltered={false} search="" />
      )}
      <CertificateList
        certificates={page.certificates.map((certificate) => rowOf(certificate, names.get(certificate.id)))}
        now={here.clock.now()}
        sort={address.sort}
        query={query}
        count={count}
        mayAnnotate={isAllowed(actor, "certificate:annotate")}
        mayRenew={isAllowed(actor, "certificate:renew")}
        mayHold={isAllowed(actor, "certificate:hold")}
        mayRevoke={isAllowed(actor, "certificate:revoke")}
        actions={BULK_ACTIONS}
      >
        <ListPages
          summary={
            // Another key for another filter: counting it must not hold up the table.
            <Suspense key={query} fallback={`${page.certificates.length} shown`}>
              {page.lookedThrough === null ? (
                <Counted
                  here={here}
                  actor={actor}
                  shown={page.certificates.length}
                  count={count}
                  isFiltered={!isEveryCertificate(filter)}
                />
              ) : (
                lookedThrough(page.certificates.length, page.lookedThrough)
              )}
            </Suspense>
          }
          query={query}
          previous={page.previous}
          next={page.next}
          limit={address.limit}
          isNewestFirst={address.sort === "-added"}
        />
      </CertificateList>
    </>
  );
}

/** A search that finds many, together with a filter that hardly any of them passes, stops before the page is full. */
function lookedThrough(found: number, looked: number): string {
  return `${found} found among ${looked.toLocaleString("en")} looked at; the next page goes on from there`;
}

/** Authorities and our own listeners: there from the first start, asked for by nobody. */
function isOurOwn({ kind, profile, source }: CertificateSummary): boolean {
  return source !== "import" && (kind === "authority" || profile?.slug === LISTENER_PROFILE.slug);
}

/** The page of the address; a place that is none leads to the first page. */
async function readPage(
  here: Installation,
  actor: UserActor,
  { filter, sort, limit, after, before, query }: ListAddress,
): Promise<CertificatePage> {
  try {
    return await listCertificates(here, actor, { filter, sort, limit, after, before });
  } catch (error) {
    if (error instanceof DomainError && error.code === "malformed") redirect(listHref(query));
    throw error;
  }
}

async function Counted({
  here,
  actor,
  shown,
  count,
  isFiltered,
}: {
  here: Installation;
  actor: UserActor;
  shown: number;
  count: Promise<ListCount>;
  isFiltered: boolean;
}) {
  const [found, all] = await Promise.all([count, isFiltered ? countCertificates(here, actor) : null]);
  const inWords = countInWords(found);
  if (all !== null) return `${inWords} of ${all.count.toLocaleString("en")} certificates match`;
  return found.count === shown && found.exact && shown === 1 ? "1 certificate" : `${inWords} certificates`;
}

function rowOf(certificate: CertificateSummary, names: OtherNames | undefined): CertificateRowFacts {
  const { id, serial, displayName, subject, kind, notBefore, notAfter, status, replacedById } = certificate;
  const { risks, owner, tags, source, createdAt, lastSeenAt, lastSeenWhere } = certificate;
  return {
    ...{ id, serial, displayName, subject, kind, notBefore, notAfter, status, replacedById },
    ...{ risks, owner, tags, source, createdAt, lastSeenAt, lastSeenWhere },
    issuer:
      certificate.issuer?.name ?? (certificate.issuerName === subject ? "itself" : certificate.issuerName),
    profile: certificate.profile?.name ?? null,
    otherNames: names ?? { first: [], count: 0 },
  };
}
