import { FileCheck2, Plus } from "lucide-react";
import type { Metadata } from "next";
import { ProfileTable } from "#components/profile/profile-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { listProfiles } from "#lib/authority/profile-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Profiles" };

/** The profiles: under which rules certificates are issued. */
export default async function ProfilesPage() {
  const actor = await requireActor();
  const profiles = await listProfiles(installation(), actor);
  const create = isAllowed(actor, "profile:change") && (
    <ButtonLink href="/profiles/new" variant="primary" icon={<Plus aria-hidden />}>
      New profile
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title="Profiles"
        description="Each says what may be issued under it, by which authority. What a profile forbids is refused, naming the rule."
        actions={create}
      />
      <Card padding="none">
        {profiles.length === 0 ? (
          <EmptyState
            icon={<FileCheck2 />}
            title="No profiles yet"
            description="A certificate is issued under a profile: which keys, which names, how long. Set-up makes five of them with good defaults; one needs an authority first."
            action={create}
          />
        ) : (
          <ProfileTable profiles={profiles} />
        )}
      </Card>
    </>
  );
}
