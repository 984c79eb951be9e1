import { Network } from "lucide-react";
import type { Metadata } from "next";
import { ChainsWithoutCrl } from "#components/revocation/chains-without-crl.tsx";
import { CrlCard } from "#components/revocation/crl-card.tsx";
import { OcspFigures } from "#components/revocation/ocsp-figures.tsx";
import { RevocationTable } from "#components/revocation/revocation-table.tsx";
import { RevocationTabs } from "#components/revocation/revocation-tabs.tsx";
import { VerifierCheck } from "#components/revocation/verifier-check.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { issuersWithoutCrl } from "#lib/authority/issuers-without-crl.ts";
import { ocspFigures } from "#lib/authority/ocsp-figures.ts";
import { listRevocations } from "#lib/authority/revocation-list.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { checkAsVerifier } from "./actions.ts";
import { publishedRevocation } from "./published.ts";

export const metadata: Metadata = { title: "Revocation" };

/** Revocations in view; the list has all. */
const SHOWN = 6;

/** Whether what was revoked reaches those who verify, authority by authority, what is worst first. */
export default async function RevocationPage() {
  const actor = await requireActor();
  const here = installation();
  const [published, ocsp, lacking, newest] = await Promise.all([
    publishedRevocation(here, actor),
    ocspFigures(here, actor),
    issuersWithoutCrl(here, actor),
    listRevocations(here, actor, { limit: SHOWN }),
  ]);
  const now = here.clock.now();
  return (
    <>
      <PageHeader
        title="Revocation"
        description="Whether verifiers can know what is revoked: each authority's CRL and OCSP answers."
      />
      <RevocationTabs />
      {published.length === 0 ? (
        <Card>
          <EmptyState
            icon={<Network />}
            title="There is no authority yet"
            description="Each authority publishes here what it revoked, by CRL and by OCSP."
            action={
              isAllowed(actor, "authority:create") && <ButtonLink href="/setup">Finish the set-up</ButtonLink>
            }
          />
        </Card>
      ) : (
        <div className="flex flex-col gap-4">
          <ChainsWithoutCrl issuers={lacking} href="/revocation/sources" />
          {published.map((crl) => (
            <CrlCard
              key={crl.slug}
              crl={crl}
              now={now}
              entriesHref={`/revocation/certificates?authority=${crl.slug}`}
              figures={<OcspFigures figures={ocsp.authorities[crl.slug]} latencyMs={ocsp.latencyMs} />}
              verifier={
                <VerifierCheck authority={{ slug: crl.slug, name: crl.name }} check={checkAsVerifier} />
              }
            />
          ))}
          <Card
            title="Newest revocations"
            padding={newest.revocations.length === 0 ? "normal" : "none"}
            actions={
              <ButtonLink href="/revocation/certificates" size="sm" variant="quiet">
                All revoked certificates
              </ButtonLink>
            }
          >
            {newest.revocations.length === 0 ? (
              <p className="text-muted">Nothing is revoked or on hold.</p>
            ) : (
              <RevocationTable revocations={newest.revocations} now={now} />
            )}
          </Card>
        </div>
      )}
    </>
  );
}
