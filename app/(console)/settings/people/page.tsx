import type { Metadata } from "next";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { listInvitations } from "#lib/identity/invitations.ts";
import { listUsers } from "#lib/identity/users.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { InvitationTable } from "./invitation-table.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { PeopleTable } from "./people-table.tsx";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const actor = await requireActor();
  const [users, invitations] = await orNothingHere(
    Promise.all([listUsers(installation(), actor), listInvitations(installation(), actor)]),
  );
  const mayManage = isAllowed(actor, "user:manage");
  return (
    <>
      <PageHeader
        title="People"
        description="Who can sign in to this console. Nobody can sign up: people come in by a link that an admin gives them."
        actions={mayManage && <InviteDialog />}
      />
      <div className="flex flex-col gap-5">
        <Card padding="none">
          <PeopleTable users={users} ownId={actor.id} />
        </Card>
        <Card padding="none" title="Invitations">
          <InvitationTable invitations={invitations} mayManage={mayManage} />
        </Card>
      </div>
    </>
  );
}
