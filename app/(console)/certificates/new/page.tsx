import { Upload } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { type CertificateDetail, getCertificate } from "#lib/inventory/certificate-read.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import type { ProfileChoice } from "./draft.ts";
import { issuableProfiles } from "./issuable-profiles.ts";
import { Issuance } from "./issuance.tsx";
import { replacedBy } from "./replaced.ts";

export const metadata: Metadata = { title: "Issue certificate" };

interface NewCertificatePageProps {
  searchParams: Promise<{ replaces?: string | string[]; profile?: string | string[] }>;
}

/** Issues a certificate in three ways, or renews one with a new key (`?replaces=`). */
export default async function NewCertificatePage({ searchParams }: NewCertificatePageProps) {
  const actor = await requireActor();
  const query = await searchParams;
  const old =
    typeof query.replaces === "string"
      ? await orNothingHere(getCertificate(installation(), actor, query.replaces))
      : null;
  const profiles = await issuableProfiles(installation(), actor);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Certificates", href: "/certificates" },
          ...(old === null ? [] : [{ label: old.displayName, href: `/certificates/${old.id}` }]),
        ]}
        title={old === null ? "Issue certificate" : `Renew ${old.displayName} with a new key`}
        actions={
          old === null &&
          isAllowed(actor, "certificate:issue") && (
            <ButtonLink href="/bulk/issue" icon={<Upload aria-hidden />}>
              Issue many from a file
            </ButtonLink>
          )
        }
        description={
          old === null
            ? undefined
            : "For the same profile, subject and names, with a new key, in the same lineage; for other names issue a new certificate. The old one stays valid until it expires, so that both work while you change over."
        }
      />
      <Issuance
        obstacle={obstacleOf(actor, old, profiles)}
        profiles={profiles}
        firstProfile={typeof query.profile === "string" ? query.profile : undefined}
        replaced={old === null ? null : replacedBy(old)}
      />
    </>
  );
}

/** Why nothing can be issued here, or null. */
function obstacleOf(actor: UserActor, old: CertificateDetail | null, profiles: readonly ProfileChoice[]) {
  if (!isAllowed(actor, old === null ? "certificate:issue" : "certificate:renew")) {
    return (
      <Notice tone="info" title={`Your role, ${actor.role}, does not issue certificates`}>
        Ask an admin or operator; what they issue appears in the list of certificates.
      </Notice>
    );
  }
  if (old !== null && old.replacedById !== null) {
    return (
      <Notice tone="warn" title="It has been renewed already">
        {old.successor?.requestedBy} did so. Renew{" "}
        <Link href={`/certificates/${old.replacedById}`} prefetch={false} className="text-link">
          its successor
        </Link>{" "}
        instead.
      </Notice>
    );
  }
  if (profiles.length > 0) return null;
  return (
    <Card>
      <EmptyState
        title="There is no profile to issue under"
        description="A profile says what its certificates may hold and which authority signs them."
        action={<ButtonLink href="/profiles">Go to the profiles</ButtonLink>}
      />
    </Card>
  );
}
