import { FileBadge, Plus } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { CertificateTable } from "#components/certificate/certificate-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { type CertificateCount, countCertificates } from "#lib/inventory/certificate-count.ts";
import { type CertificatePage, listCertificates } from "#lib/inventory/certificate-list.ts";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Certificates" };

interface CertificatesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Every certificate that this installation knows, the newest first. */
export default async function CertificatesPage({ searchParams }: CertificatesPageProps) {
  const actor = await requireActor();
  const here = installation();
  const query = await searchParams;
  const [page, count] = await Promise.all([
    pageAt(query, (cursor) => listCertificates(here, actor, cursor)),
    countCertificates(here, actor),
  ]);
  const isEmpty = page.certificates.every(isOurOwn) && page.previous === null && page.next === null;
  const mayIssue = isAllowed(actor, "certificate:issue");
  const issue = mayIssue && (
    <ButtonLink href="/certificates/new" variant="primary" icon={<Plus aria-hidden />}>
      Issue certificate
    </ButtonLink>
  );
  return (
    <>
      <PageHeader title="Certificates" actions={isEmpty ? undefined : issue} />
      {isEmpty && (
        <Card className="mb-4">
          <EmptyState
            icon={<FileBadge />}
            title="Nothing issued yet"
            description={
              mayIssue
                ? "Certificates of your servers and clients will be listed here with expiry, issuer and renewals. Issue the first: the key can be made in this browser, so that nobody else ever has it."
                : "Certificates of servers and clients will be listed here. An admin or operator can issue the first."
            }
            action={issue}
          />
        </Card>
      )}
      {page.certificates.length > 0 && (
        <Card padding="none">
          <CertificateTable certificates={page.certificates} now={here.clock.now()} />
          <Pagination
            summary={countedAs(count)}
            newerHref={page.previous === null ? undefined : `/certificates?before=${page.previous}`}
            olderHref={page.next === null ? undefined : `/certificates?after=${page.next}`}
          />
        </Card>
      )}
    </>
  );
}

/** Authorities and our own listeners: there from the first start, asked for by nobody. */
function isOurOwn({ kind, profile }: CertificateSummary): boolean {
  return kind === "authority" || profile?.slug === LISTENER_PROFILE.slug;
}

/** The page that the address names; an address that names none, or an empty one, leads to the first. */
async function pageAt(
  query: Record<string, string | string[] | undefined>,
  read: (cursor: { after?: string; before?: string }) => Promise<CertificatePage>,
): Promise<CertificatePage> {
  const { after, before } = query;
  const cursor = typeof after === "string" ? { after } : typeof before === "string" ? { before } : null;
  if (cursor === null) return read({});
  const page = await read(cursor).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "malformed") return null;
    throw error;
  });
  if (page === null || page.certificates.length === 0) redirect("/certificates");
  return page;
}

function countedAs({ count, exact }: CertificateCount): string {
  if (!exact) return `${count.toLocaleString("en")}+ certificates`;
  return count === 1 ? "1 certificate" : `${count.toLocaleString("en")} certificates`;
}
