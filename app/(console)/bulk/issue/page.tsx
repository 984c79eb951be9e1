import type { Metadata } from "next";
import { FileColumns } from "#components/bulk/file-columns.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { listProfiles } from "#lib/authority/profile-read.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { IssueFileForm } from "./issue-file-form.tsx";

export const metadata: Metadata = { title: "Issue from a file" };

/** Issues for a whole file of names: every row is checked first. */
export default async function IssueFromFilePage() {
  const actor = await requireActor();
  const profiles = (await listProfiles(installation(), actor))
    .filter((profile) => profile.status === "active" && profile.slug !== LISTENER_PROFILE.slug)
    .map(({ slug, name, rules, authority }) => ({
      slug,
      name,
      keyAlgorithms: rules.keyAlgorithms,
      authority: authority.name,
    }));
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Certificates", href: "/certificates" },
          { label: "Bulk work", href: "/bulk" },
        ]}
        title="Issue from a file"
        description="One certificate for each row of a CSV file. Every row is checked before anything is issued."
      />
      {!isAllowed(actor, "certificate:issue") ? (
        <Notice tone="info" title={`Your role, ${actor.role}, does not issue certificates`}>
          Ask an admin or operator.
        </Notice>
      ) : profiles.length === 0 ? (
        <Card>
          <EmptyState
            title="There is no profile to issue under"
            description="A profile says what its certificates may hold and which authority signs them."
            action={<ButtonLink href="/profiles">Go to the profiles</ButtonLink>}
          />
        </Card>
      ) : (
        <IssueFileForm profiles={profiles} columns={<FileColumns />} />
      )}
    </>
  );
}
