import type { Metadata } from "next";
import { cache, Suspense } from "react";
import { certificateState } from "#components/certificate/certificate-state.ts";
import { CertificateStatus } from "#components/certificate/certificate-status.tsx";
import { DownloadMenu } from "#components/certificate/download-menu.tsx";
import { RenewDialog } from "#components/certificate/renew-dialog.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Loading } from "#components/ui/loading.tsx";
import { automaticBundles } from "#lib/authority/automatic-bundles.ts";
import { DOWNLOADS, fileStem } from "#lib/authority/certificate-download.ts";
import { lifetimeSeconds } from "#lib/authority/renew.ts";
import { spokenDuration } from "#lib/authority/spoken-duration.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { certificatePaths } from "#lib/inventory/certificate-path.ts";
import { type CertificateDetail, getCertificate } from "#lib/inventory/certificate-read.ts";
import { trustedBy } from "#lib/inventory/trusted-by.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { OwnFailuresPanel } from "../../failures/own-panel.tsx";
import { renewForSameKey } from "./actions.ts";
import { Annotations } from "./annotations.tsx";
import { chainAbove } from "./chain.ts";
import { Commands } from "./commands.tsx";
import { Facts } from "./facts.tsx";
import { History } from "./history.tsx";
import { LifeLine } from "./life-line.tsx";
import { RevocationState, RevokeButton } from "./revocation.tsx";
import { Surroundings } from "./surroundings.tsx";

const readCertificate = cache(async (reference: string) =>
  orNothingHere(getCertificate(installation(), await requireActor(), reference)),
);

interface CertificatePageProps {
  params: Promise<{ certificate: string }>;
}

export async function generateMetadata({ params }: CertificatePageProps): Promise<Metadata> {
  return { title: harmless((await readCertificate((await params).certificate)).displayName) };
}

/** Everything about one certificate: first how it is doing, then what it says, then how to use it. */
export default async function CertificatePage({ params }: CertificatePageProps) {
  const actor = await requireActor();
  const here = installation();
  const certificate = await readCertificate((await params).certificate);
  const [chain, paths, automatic] = await Promise.all([
    chainAbove(here, actor, certificate),
    certificatePaths(here, actor, certificate.id),
    automaticBundles(here, actor),
  ]);
  const bundles = await trustedBy(here, actor, certificate.id, automatic);
  const now = here.clock.now();
  const { word } = certificateState(certificate, now);
  const renewable =
    isAllowed(actor, "certificate:renew") &&
    certificate.kind === "end-entity" &&
    certificate.profile !== null &&
    certificate.replacedById === null &&
    // Suspected or known to be in other hands: what takes its place needs another key.
    certificate.revocation === null;
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Certificates", href: "/certificates" }]}
        title={<span className="[overflow-wrap:anywhere]">{harmless(certificate.displayName)}</span>}
        status={<CertificateStatus certificate={certificate} now={now} />}
        actions={
          <>
            <DownloadMenu items={downloadsOf(certificate)} />
            <RevokeButton actor={actor} certificate={certificate} now={now} />
            {renewable && (
              <RenewDialog
                certificateId={certificate.id}
                name={certificate.displayName}
                lifetime={spokenDuration(lifetimeSeconds(certificate))}
                renew={renewForSameKey}
                due={word !== "valid" && word !== "not yet valid"}
              />
            )}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <RevocationState actor={actor} certificate={certificate} now={now} />
        <LifeLine certificate={certificate} now={now} />
        <OwnFailuresPanel actor={actor} of="certificate" reference={certificate.id} />
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)]">
          <div className="flex min-w-0 flex-col gap-4">
            <Annotations actor={actor} certificate={certificate} />
            <Facts certificate={certificate} />
            <Suspense fallback={<Loading label="Loading the history" rows={4} />}>
              <History actor={actor} certificate={certificate} />
            </Suspense>
          </div>
          <Surroundings
            certificate={certificate}
            chain={chain}
            now={now}
            paths={paths}
            bundles={bundles}
            mayImport={isAllowed(actor, "certificate:import")}
          />
        </div>
        <Commands certificate={certificate} chain={chain} protocolUrl={here.config.protocolUrl} />
      </div>
    </>
  );
}

function downloadsOf({ id, displayName }: CertificateDetail) {
  return Object.entries(DOWNLOADS).map(([form, { ending, meaning }]) => ({
    href: `/certificates/${id}/download/${form}`,
    fileName: `${fileStem(displayName)}.${ending}`,
    meaning,
  }));
}
