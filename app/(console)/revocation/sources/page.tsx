import { FileX2 } from "lucide-react";
import type { Metadata } from "next";
import { ChainsWithoutCrl } from "#components/revocation/chains-without-crl.tsx";
import { CrlUpload } from "#components/revocation/crl-upload.tsx";
import { RevocationTabs } from "#components/revocation/revocation-tabs.tsx";
import { SourceCard } from "#components/revocation/source-card.tsx";
import { SourceForm } from "#components/revocation/source-form.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { crlIssuerChoices } from "#lib/authority/crl-source-issuer.ts";
import { crlSources } from "#lib/authority/crl-source-read.ts";
import { issuersWithoutCrl } from "#lib/authority/issuers-without-crl.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { addressesOf, follow } from "./actions.ts";
import { SourceActions } from "./source-actions.tsx";

export const metadata: Metadata = { title: "Foreign CRLs" };

/** The CRLs of authorities whose keys are not here: what they revoked, and whether proxies can check their chains. */
export default async function SourcesPage() {
  const actor = await requireActor();
  const here = installation();
  const mayManage = isAllowed(actor, "crl:manage");
  const [sources, issuers, lacking] = await Promise.all([
    crlSources(here, actor),
    mayManage ? crlIssuerChoices(here, actor) : [],
    issuersWithoutCrl(here, actor),
  ]);
  const now = here.clock.now();
  const shown = sources.map((source) => ({ ...source, number: source.number?.toString() ?? null }));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Revocation", href: "/revocation" }]}
        title="Foreign CRLs"
        description="Lists of authorities whose keys are not here. What they revoke is shown as revoked in the inventory, and proxies that check whole chains need them."
      />
      <RevocationTabs />
      <div className="flex flex-col gap-4">
        <ChainsWithoutCrl issuers={lacking} />
        {mayManage && (
          <div className="grid items-start gap-4 xl:grid-cols-2">
            <Card
              title="Upload a CRL"
              description="Once, or each time by hand. Whose it is, it says itself; the certificate of its issuer must be in the inventory."
            >
              <CrlUpload source={null} />
            </Card>
            <Card
              title="Follow a CRL"
              description="Fetched again before it ends. Only from addresses that this server may reach."
            >
              {issuers.length === 0 ? (
                <>
                  <p className="mb-3 text-muted">
                    No authority of others is in the inventory whose CRL is not kept already.
                  </p>
                  <ButtonLink href="/certificates/import">Import its certificate</ButtonLink>
                </>
              ) : (
                <SourceForm issuers={issuers} addressesOf={addressesOf} follow={follow} />
              )}
            </Card>
          </div>
        )}
        {shown.length === 0 ? (
          <Card>
            <EmptyState
              icon={<FileX2 />}
              title="No foreign CRL is kept"
              description="Imported certificates are not shown as revoked until the CRL of their issuer is here. Upload it, or follow it from its distribution point."
            />
          </Card>
        ) : (
          shown.map((source) => (
            <SourceCard
              key={source.id}
              source={source}
              now={now}
              actions={mayManage && <SourceActions source={source} />}
            />
          ))
        )}
      </div>
    </>
  );
}
