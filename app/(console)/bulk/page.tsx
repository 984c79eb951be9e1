import { ListChecks, Upload } from "lucide-react";
import type { Metadata } from "next";
import { RunTable } from "#components/bulk/run-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { listRuns } from "#lib/authority/bulk-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Bulk work" };

interface BulkPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Work on many certificates: what is under way and what was done, the newest first. */
export default async function BulkPage({ searchParams }: BulkPageProps) {
  const actor = await requireActor();
  const { before } = await searchParams;
  const isLater = typeof before === "string" && /^[0-9a-z]{26}$/.test(before);
  const { runs, next } = await listRuns(installation(), actor, isLater ? { before } : {});
  const issue = isAllowed(actor, "certificate:issue") && (
    <ButtonLink href="/bulk/issue" variant="primary" icon={<Upload aria-hidden />}>
      Issue from a file
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Certificates", href: "/certificates" }]}
        title="Bulk work"
        description="Certificates issued from a file, and renewals and changes of many at once."
        actions={issue}
      />
      <Card padding="none">
        {runs.length === 0 ? (
          <EmptyState
            icon={<ListChecks />}
            title={isLater ? "Nothing older" : "Nothing was done in bulk yet"}
            description="Select certificates in their list to renew, tag or assign many at once, or issue for a whole file of names. What came of each stands here."
            action={<ButtonLink href="/certificates">Go to the certificates</ButtonLink>}
          />
        ) : (
          <>
            <RunTable runs={runs} />
            <Pagination
              summary="The newest first"
              newerHref={isLater ? "/bulk" : undefined}
              olderHref={next === null ? undefined : `/bulk?before=${next}`}
              labels={{ newer: "Newest", older: "Older" }}
            />
          </>
        )}
      </Card>
    </>
  );
}
