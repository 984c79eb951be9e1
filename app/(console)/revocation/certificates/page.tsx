import { ShieldCheck } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { RevocationFilters } from "#components/revocation/revocation-filters.tsx";
import { RevocationTable } from "#components/revocation/revocation-table.tsx";
import { RevocationTabs } from "#components/revocation/revocation-tabs.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listAuthorities } from "#lib/authority/authority-read.ts";
import {
  listRevocations,
  type RevocationListing,
  type RevocationPage,
} from "#lib/authority/revocation-list.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { isRevocationReason } from "#lib/x509/revocation-reason.ts";

export const metadata: Metadata = { title: "Revoked certificates" };

interface RevokedPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What is revoked or held, the newest first. */
export default async function RevokedPage({ searchParams }: RevokedPageProps) {
  const actor = await requireActor();
  const here = installation();
  const query = await searchParams;
  const authorities = await listAuthorities(here, actor);
  const authority = authorities.find(({ slug }) => slug === query.authority)?.slug;
  const reason =
    typeof query.reason === "string" && isRevocationReason(query.reason) ? query.reason : undefined;
  const after = typeof query.after === "string" ? query.after : undefined;
  const page = await readPage(actor, { authority, reason, after });
  const filters = new URLSearchParams({
    ...(authority === undefined ? {} : { authority }),
    ...(reason === undefined ? {} : { reason }),
  });
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Revocation", href: "/revocation" }]}
        title="Revoked certificates"
        description="What is revoked or on hold, and how long it took until a CRL had it. What was released is in the audit trail."
      />
      <RevocationTabs />
      <Card padding="none">
        <RevocationFilters
          key={filters.toString()}
          authorities={authorities}
          authority={authority ?? ""}
          reason={reason ?? ""}
        />
        {page.revocations.length === 0 ? (
          <Nothing isFiltered={filters.size > 0} isLater={after !== undefined} />
        ) : (
          <>
            <RevocationTable revocations={page.revocations} now={here.clock.now()} />
            <Pagination
              summary={`${page.revocations.length.toLocaleString("en")} shown, the newest first`}
              newerHref={after === undefined ? undefined : hrefOf(filters)}
              olderHref={page.next === null ? undefined : hrefOf(filters, page.next)}
              labels={{ newer: "Newest", older: "Older" }}
            />
          </>
        )}
      </Card>
    </>
  );
}

/** A place that is none leads to the first page. */
async function readPage(actor: UserActor, listing: RevocationListing): Promise<RevocationPage> {
  try {
    return await listRevocations(installation(), actor, listing);
  } catch (error) {
    if (error instanceof DomainError && error.code === "malformed") redirect("/revocation/certificates");
    throw error;
  }
}

function hrefOf(filters: URLSearchParams, after?: string): string {
  const query = new URLSearchParams([...filters, ...(after === undefined ? [] : [["after", after]])]);
  return query.size === 0 ? "/revocation/certificates" : `/revocation/certificates?${query}`;
}

function Nothing({ isFiltered, isLater }: { isFiltered: boolean; isLater: boolean }) {
  if (isFiltered || isLater) {
    return (
      <EmptyState
        icon={<ShieldCheck />}
        title={isLater ? "Nothing older" : "Nothing matches"}
        description={isLater ? "These were all." : "No certificate is revoked or held for this reason there."}
        action={<ButtonLink href="/revocation/certificates">Show all</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      icon={<ShieldCheck />}
      title="Nothing is revoked or on hold"
      description="Revoke or hold certificates from their page, or select several in their list. They stand here with the reason, who did it, and when the CRL had them."
      action={<ButtonLink href="/certificates">Go to the certificates</ButtonLink>}
    />
  );
}
