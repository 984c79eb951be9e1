import type { Metadata } from "next";
import { ImportTable } from "#components/import/import-table.tsx";
import { UploadForm } from "#components/import/upload-form.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { IMPORT_LIMITS, spokenSize } from "#lib/inventory/import-limits.ts";
import { listImports } from "#lib/inventory/import-read.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Import certificates" };

interface ImportPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Takes certificates that others issued into the inventory, and lists what was taken before. */
export default async function ImportPage({ searchParams }: ImportPageProps) {
  const actor = await requireActor();
  const { before } = await searchParams;
  const cursor = typeof before === "string" ? { before } : {};
  const { imports, next } = await orNothingHere(listImports(installation(), actor, cursor));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Certificates", href: "/certificates" }]}
        title="Import certificates"
        description="Certificates that were issued elsewhere: they will be listed, searched and watched for their expiry like those issued here."
      />
      <div className="flex flex-col gap-4">
        {isAllowed(actor, "certificate:import") ? (
          <Card className="max-w-3xl">
            <UploadForm
              maxBytes={IMPORT_LIMITS.uploadBytes}
              maxSize={spokenSize(IMPORT_LIMITS.uploadBytes)}
            />
          </Card>
        ) : (
          <Notice tone="info">An admin or operator can import certificates.</Notice>
        )}
        <p className="max-w-3xl text-muted text-sm">
          Private keys are stepped over and never kept, whatever they stand in. What cannot be read is listed
          with the reason, and hinders nothing else; what is in the inventory already is not added again.
        </p>
        <Card title="Imports so far" padding="none">
          {imports.length === 0 ? (
            <EmptyState
              title="Nothing imported yet"
              description="Each import will be listed here with what it added, what was known, and what could not be read."
            />
          ) : (
            <>
              <ImportTable imports={imports} />
              <Pagination
                summary={`${imports.length} shown`}
                newerHref={typeof before === "string" ? "/certificates/import" : undefined}
                olderHref={next === null ? undefined : `/certificates/import?before=${next}`}
                labels={{ newer: "Newest", older: "Older" }}
              />
            </>
          )}
        </Card>
      </div>
    </>
  );
}
