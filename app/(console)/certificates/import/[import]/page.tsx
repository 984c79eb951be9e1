import type { Metadata } from "next";
import { FaultTable } from "#components/import/fault-table.tsx";
import { ImportStatus } from "#components/import/import-status.tsx";
import { ImportedTable } from "#components/import/imported-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { installation } from "#lib/installation.ts";
import { spokenSize } from "#lib/inventory/import-limits.ts";
import { getImport, type ImportView, listFaults, listImported } from "#lib/inventory/import-read.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Import" };

interface ImportResultProps {
  params: Promise<{ import: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What one import came to: counts, what it could not read, what it added. */
export default async function ImportResultPage({ params, searchParams }: ImportResultProps) {
  const actor = await requireActor();
  const here = installation();
  const { import: id } = await params;
  const { after, fault } = await searchParams;
  const view = await orNothingHere(getImport(here, actor, id));
  const afterFault = typeof fault === "string" && /^\d{1,9}$/.test(fault) ? Number(fault) : 0;
  const [{ faults, next: nextFault }, { certificates, next }] = await Promise.all([
    listFaults(here, actor, id, { after: afterFault }),
    listImported(here, actor, id, typeof after === "string" ? { after } : {}),
  ]);
  const base = `/certificates/import/${id}`;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Certificates", href: "/certificates" },
          { label: "Import", href: "/certificates/import" },
        ]}
        title={view.fileName}
        status={<ImportStatus {...view} />}
        actions={<ButtonLink href="/certificates/import">Import more</ButtonLink>}
      />
      <div className="flex flex-col gap-4">
        {view.status === "broken" && (
          <Notice tone="critical" title="It was not read to its end">
            {view.reason}
          </Notice>
        )}
        {view.status === "running" && (
          <Notice tone="info" actions={<ButtonLink href={base}>Look again</ButtonLink>}>
            It is still being read. It goes on when this page is closed.
          </Notice>
        )}
        <Counts view={view} />
        {faults.length > 0 && (
          <Card
            title="What became no certificate"
            description="Notes name what is no certificate and need not be mended. Of what could not be read, the bytes are kept."
            padding="none"
          >
            <FaultTable faults={faults} hrefOf={(position) => `${base}/faults/${position}`} />
            <Pagination
              summary={`${faults.length} shown`}
              newerHref={afterFault === 0 ? undefined : base}
              olderHref={nextFault === null ? undefined : `${base}?fault=${nextFault}`}
              labels={{ newer: "First", older: "Further" }}
            />
          </Card>
        )}
        <Card title="Certificates added" padding="none">
          {certificates.length === 0 ? (
            <EmptyState
              title="None were added"
              description={
                view.known > 0 ? "All of them are in the inventory already." : "There was none to add."
              }
            />
          ) : (
            <>
              <ImportedTable certificates={certificates} />
              <Pagination
                summary={`${certificates.length.toLocaleString("en")} of ${view.added.toLocaleString("en")}`}
                newerHref={typeof after === "string" ? base : undefined}
                olderHref={next === null ? undefined : `${base}?after=${next}`}
                labels={{ newer: "First", older: "Further" }}
              />
            </>
          )}
        </Card>
      </div>
    </>
  );
}

function Counts({ view }: { view: ImportView }) {
  const number = (count: number) => count.toLocaleString("en");
  return (
    <Card>
      <DescriptionList>
        <Description term="Found">
          {view.found === 1 ? "1 certificate" : `${number(view.found)} certificates`}
        </Description>
        <Description term="Added">{number(view.added)}</Description>
        <Description term="Known already">
          {number(view.known)}
          {view.known > 0 && (
            <span className="text-muted"> — in the inventory before, or earlier in the same file</span>
          )}
        </Description>
        <Description term="Unreadable">{number(view.unreadable)}</Description>
        <Description term="Received">{view.bytes === 0 ? "—" : spokenSize(view.bytes)}</Description>
        <Description term="By">
          {view.requestedBy}, <RelativeTime time={view.createdAt} />
        </Description>
      </DescriptionList>
    </Card>
  );
}
