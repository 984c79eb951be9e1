import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { listProfiles } from "#lib/authority/profile-read.ts";
import { FIRST_PROFILES } from "#lib/authority/profile-rules.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { authorityChoices } from "../profile-choices.ts";
import { ProfileForm } from "../profile-form.tsx";

export const metadata: Metadata = { title: "New profile" };

interface NewProfilePageProps {
  searchParams: Promise<{ like?: string | string[] }>;
}

/** Creates a profile, from good defaults or like another one. */
export default async function NewProfilePage({ searchParams }: NewProfilePageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "profile:change")) notFound();
  const here = installation();
  const [{ like }, authorities, profiles] = await Promise.all([
    searchParams,
    authorityChoices(here, actor),
    listProfiles(here, actor),
  ]);
  const model = profiles.find(({ slug }) => slug === like);
  const client = FIRST_PROFILES.find(({ slug }) => slug === "client");
  const rules = model?.rules ?? client?.rules;
  const authority =
    authorities.find(({ id }) => id === model?.authority.id) ??
    authorities.find(({ kind, purposes }) => kind === "intermediate" && purposes.includes("client")) ??
    authorities[0];
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Profiles", href: "/profiles" }]}
        title="New profile"
        description={
          model === undefined
            ? "Begins as a profile for clients; change what should differ."
            : `Begins with the rules of ${model.name}.`
        }
      />
      {authority === undefined || rules === undefined ? (
        <Card>
          <EmptyState
            title="There is no active authority"
            description="A profile issues by an authority: create or reactivate one first."
            action={<ButtonLink href="/authorities">Go to the authorities</ButtonLink>}
          />
        </Card>
      ) : (
        <ProfileForm
          start={{ slug: "", name: "", description: "", authorityId: authority.id, rules }}
          authorities={authorities}
        />
      )}
    </>
  );
}
