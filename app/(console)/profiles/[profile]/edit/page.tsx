import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { getProfile } from "#lib/authority/profile-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { authorityChoices } from "../../profile-choices.ts";
import { ProfileForm } from "../../profile-form.tsx";

export const metadata: Metadata = { title: "Edit profile" };

interface EditProfilePageProps {
  params: Promise<{ profile: string }>;
}

/** Changes a profile; what was issued under it stays as it is. */
export default async function EditProfilePage({ params }: EditProfilePageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "profile:change")) notFound();
  const here = installation();
  const profile = await orNothingHere(getProfile(here, actor, (await params).profile));
  const authorities = await authorityChoices(here, actor, profile.authority.id);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Profiles", href: "/profiles" },
          { label: profile.name, href: `/profiles/${profile.slug}` },
        ]}
        title={`Edit ${profile.name}`}
        description="The rules apply from the next request on, renewals too. What was issued stays as it is."
      />
      <ProfileForm
        present={{ id: profile.id, version: profile.version }}
        start={{
          slug: profile.slug,
          name: profile.name,
          description: profile.description,
          authorityId: profile.authority.id,
          rules: profile.rules,
        }}
        authorities={authorities}
      />
    </>
  );
}
