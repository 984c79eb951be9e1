import { Ban, Plus, ScrollText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { AuthorityFacts } from "#components/authority/authority-facts.tsx";
import { authorityState } from "#components/authority/authority-words.ts";
import { PublishedAddresses } from "#components/authority/published-addresses.tsx";
import { RecentCertificates } from "#components/authority/recent-certificates.tsx";
import { DownloadMenu } from "#components/certificate/download-menu.tsx";
import { ExtensionList } from "#components/certificate/extension-list.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Status } from "#components/ui/status.tsx";
import { AUTHORITY_DOWNLOADS } from "#lib/authority/authority-download.ts";
import { type AuthorityView, getAuthority, listAuthorities } from "#lib/authority/authority-read.ts";
import { listProfiles, type ProfileView } from "#lib/authority/profile-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { issuedFigures } from "#lib/inventory/certificate-figures.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { recentlyIssued } from "#lib/inventory/recently-issued.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { StatusChange } from "./status-change.tsx";

interface AuthorityPageProps {
  params: Promise<{ authority: string }>;
}

export async function generateMetadata({ params }: AuthorityPageProps): Promise<Metadata> {
  const actor = await requireActor();
  const { authority } = await params;
  return { title: (await orNothingHere(getAuthority(installation(), actor, authority))).name };
}

/** One authority: its certificate, what stands below it, what it issued, and how it is published. */
export default async function AuthorityPage({ params }: AuthorityPageProps) {
  const actor = await requireActor();
  const here = installation();
  const authority = await orNothingHere(getAuthority(here, actor, (await params).authority));
  const [certificate, all, profiles, figures, recent] = await Promise.all([
    getCertificate(here, actor, authority.certificateId),
    listAuthorities(here, actor),
    listProfiles(here, actor),
    issuedFigures(here, actor, [authority.id]),
    recentlyIssued(here, actor, { issuerId: authority.id }),
  ]);
  const now = here.clock.now();
  const { word, tone, fix } = authorityState(authority, now);
  const own = figures.get(authority.id) ?? { issued: 0, valid: 0 };
  const below = all.filter(({ parentId }) => parentId === authority.id);
  const ownProfiles = profiles.filter((profile) => profile.authority.id === authority.id);
  const mayChange = isAllowed(actor, "authority:create");
  const base = `/authorities/${authority.slug}/download`;

  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Authorities", href: "/authorities" }]}
        title={authority.name}
        status={<Status tone={tone}>{word}</Status>}
        actions={
          <>
            {mayChange && (
              <StatusChange
                authority={{
                  id: authority.id,
                  name: authority.name,
                  version: authority.version,
                  status: authority.status,
                }}
                stakes={{
                  profiles: ownProfiles.filter(({ status }) => status === "active").map(({ name }) => name),
                  valid: own.valid,
                  below: below.filter(({ status }) => status === "active").map(({ name }) => name),
                }}
              />
            )}
            {mayChange && authority.status === "active" && authority.pathLength !== 0 && (
              <ButtonLink href={`/authorities/new?parent=${authority.id}`} icon={<Plus aria-hidden />}>
                New authority below
              </ButtonLink>
            )}
            {authority.kind === "intermediate" &&
              certificate.revocation === null &&
              isAllowed(actor, "certificate:hold") && (
                <ButtonLink href={`/certificates/${certificate.id}`} icon={<Ban aria-hidden />}>
                  {isAllowed(actor, "certificate:revoke") ? "Revoke its certificate" : "Hold its certificate"}
                </ButtonLink>
              )}
            {isAllowed(actor, "audit:read") && (
              <ButtonLink href={`/audit?object=authority:${authority.id}`} icon={<ScrollText aria-hidden />}>
                History
              </ButtonLink>
            )}
            <DownloadMenu
              items={[
                {
                  href: `${base}/pem`,
                  fileName: `${authority.slug}.pem`,
                  meaning: AUTHORITY_DOWNLOADS.pem.meaning,
                },
                {
                  href: `${base}/der`,
                  fileName: `${authority.slug}.crt`,
                  meaning: AUTHORITY_DOWNLOADS.der.meaning,
                },
                {
                  href: `${base}/bundle`,
                  fileName: `${authority.slug}-bundle.pem`,
                  meaning: AUTHORITY_DOWNLOADS.bundle.meaning,
                },
              ]}
            />
          </>
        }
      />
      <div className="flex flex-col gap-5">
        {certificate.revocation !== null && (
          <Notice
            tone={certificate.revocation.reason === "certificateHold" ? "warn" : "critical"}
            title={
              certificate.revocation.reason === "certificateHold"
                ? "Its certificate is on hold"
                : "Its certificate is revoked"
            }
            actions={
              <ButtonLink size="sm" href={`/certificates/${certificate.id}`}>
                See why, and since when
              </ButtonLink>
            }
          >
            It issues nothing, and verifiers that check the whole chain refuse everybody below it.
          </Notice>
        )}
        {fix !== null && (
          <Notice
            tone={tone}
            title={`This authority ${word === "ending" ? "is nearing its end" : word}`}
            actions={
              mayChange && (
                <ButtonLink
                  size="sm"
                  href={
                    authority.parentId === null
                      ? "/authorities/new"
                      : `/authorities/new?parent=${authority.parentId}`
                  }
                >
                  Create its successor
                </ButtonLink>
              )
            }
          >
            {fix}
          </Notice>
        )}
        <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Card title="Certificate">
            <AuthorityFacts
              authority={authority}
              parent={all.find(({ id }) => id === authority.parentId) ?? null}
              certificate={certificate.parsed}
              figures={own}
              now={now}
            />
          </Card>
          <div className="flex flex-col gap-5">
            <Below below={below} profiles={ownProfiles} kind={authority.kind} />
            <Card title="Recently issued" padding={recent.length === 0 ? "normal" : "none"}>
              {recent.length === 0 ? (
                <p className="text-muted">
                  {below.length > 0
                    ? "Nothing by itself: it signs authorities, and those sign certificates."
                    : "Nothing yet."}
                </p>
              ) : (
                <RecentCertificates certificates={recent} now={now} />
              )}
            </Card>
          </div>
        </div>
        <PublishedAddresses
          base={here.config.protocolUrl}
          slug={authority.slug}
          purposes={authority.purposes}
        />
        <Card title="Extensions" description="As they stand in the certificate.">
          <ExtensionList extensions={certificate.parsed.extensions} />
        </Card>
      </div>
    </>
  );
}

interface BelowProps {
  below: readonly AuthorityView[];
  profiles: readonly ProfileView[];
  kind: AuthorityView["kind"];
}

/** What hangs on this authority. */
function Below({ below, profiles, kind }: BelowProps) {
  return (
    <Card
      title={
        kind === "root" && profiles.length === 0 ? "Authorities below" : "Profiles and authorities below"
      }
    >
      {below.length + profiles.length === 0 ? (
        <p className="text-muted">Nothing uses this authority yet.</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {profiles.map((profile) => (
            <Item key={profile.id} href={`/profiles/${profile.slug}`} kind="profile" {...profile} />
          ))}
          {below.map((authority) => (
            <Item key={authority.id} href={`/authorities/${authority.slug}`} {...authority} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Item(props: { href: string; name: string; kind: string; status: "active" | "retired" }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-2">
      <Link href={props.href} prefetch={false} className="text-link">
        {props.name}
      </Link>
      <span className="text-muted text-sm">
        {props.kind}
        {props.status === "retired" && ", retired"}
      </span>
    </li>
  );
}
