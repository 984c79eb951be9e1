import { Copy, Pencil, ScrollText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { RecentCertificates } from "#components/authority/recent-certificates.tsx";
import { RulesInWords } from "#components/profile/rules-in-words.tsx";
import { TryNameBox } from "#components/profile/try-name-box.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { getProfile, type ProfileView } from "#lib/authority/profile-read.ts";
import { spokenDuration } from "#lib/authority/spoken-duration.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import { installation } from "#lib/installation.ts";
import { recentlyIssued } from "#lib/inventory/recently-issued.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { authorityChoices } from "../profile-choices.ts";
import { StatusChange } from "./status-change.tsx";

interface ProfilePageProps {
  params: Promise<{ profile: string }>;
}

export async function generateMetadata({ params }: ProfilePageProps): Promise<Metadata> {
  const actor = await requireActor();
  const { profile } = await params;
  return { title: (await orNothingHere(getProfile(installation(), actor, profile))).name };
}

/** One profile: its rules in words, and a box to try names in. */
export default async function ProfilePage({ params }: ProfilePageProps) {
  const actor = await requireActor();
  const here = installation();
  const profile = await orNothingHere(getProfile(here, actor, (await params).profile));
  const [choices, recent] = await Promise.all([
    authorityChoices(here, actor, profile.authority.id),
    recentlyIssued(here, actor, { profileId: profile.id }),
  ]);
  const authority = choices.find(({ id }) => id === profile.authority.id);
  const mayChange = isAllowed(actor, "profile:change");
  const now = here.clock.now();
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Profiles", href: "/profiles" }]}
        title={profile.name}
        status={<Status tone={profile.status === "active" ? "ok" : "neutral"}>{profile.status}</Status>}
        description={profile.description}
        actions={
          <>
            {isAllowed(actor, "audit:read") && (
              <ButtonLink href={`/audit?object=profile:${profile.id}`} icon={<ScrollText aria-hidden />}>
                History
              </ButtonLink>
            )}
            {mayChange && (
              <>
                <StatusChange
                  profile={{
                    id: profile.id,
                    name: profile.name,
                    version: profile.version,
                    status: profile.status,
                  }}
                />
                <ButtonLink href={`/profiles/new?like=${profile.slug}`} icon={<Copy aria-hidden />}>
                  New like this
                </ButtonLink>
                <ButtonLink
                  href={`/profiles/${profile.slug}/edit`}
                  variant="primary"
                  icon={<Pencil aria-hidden />}
                >
                  Edit
                </ButtonLink>
              </>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <Obstacle profile={profile} authorityStatus={authority?.status ?? "active"} now={now} />
        <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Card title="Rules">
            <RulesInWords rules={profile.rules} />
          </Card>
          <div className="flex flex-col gap-5">
            <Card title="Names">
              <TryNameBox profile={profile} constraints={authority?.constraints ?? []} />
            </Card>
            <Card title="Issued by">
              <DescriptionList>
                <Description term="Authority">
                  <Link
                    href={`/authorities/${profile.authority.slug}`}
                    prefetch={false}
                    className="text-link"
                  >
                    {profile.authority.name}
                  </Link>
                </Description>
                <Description term="which ends">
                  <RelativeTime time={profile.authority.notAfter} show="both" />
                </Description>
                <Description term="Short name">
                  <Copyable text={profile.slug} label="short name" />
                  <span className="block text-muted text-sm">Programs name the profile by it.</span>
                </Description>
              </DescriptionList>
            </Card>
            <Card title="Recently issued" padding={recent.length === 0 ? "normal" : "none"}>
              {recent.length === 0 ? (
                <p className="text-muted">Nothing under this profile yet.</p>
              ) : (
                <RecentCertificates certificates={recent} now={now} />
              )}
            </Card>
          </div>
        </div>
      </div>
    </>
  );
}

interface ObstacleProps {
  profile: ProfileView;
  authorityStatus: "active" | "retired";
  now: Date;
}

/** Why nothing, or less than promised, can be issued under it now. */
function Obstacle({ profile: { authority, rules, status }, authorityStatus, now }: ObstacleProps) {
  if (status === "retired") return null;
  if (authority.notAfter <= now || authorityStatus === "retired") {
    return (
      <Notice tone="critical" title="Nothing can be issued under this profile">
        Its authority {authority.name} {authority.notAfter <= now ? "has expired" : "is retired"}: give the
        profile another one.
      </Notice>
    );
  }
  if (addSeconds(now, rules.lifetime.defaultSeconds) > authority.notAfter) {
    const left = Math.floor((authority.notAfter.getTime() - now.getTime()) / 1000);
    return (
      <Notice tone="warn" title="Certificates are cut short">
        {authority.name} ends in {spokenDuration(left)}, before the usual{" "}
        {spokenDuration(rules.lifetime.defaultSeconds)} are over: give the profile its successor.
      </Notice>
    );
  }
  return null;
}
