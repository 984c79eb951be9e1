import type { Metadata } from "next";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { ROLE_DESCRIPTIONS } from "#lib/authorization/permissions.ts";
import { listSessions } from "#lib/identity/sessions.ts";
import { getUser } from "#lib/identity/users.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { methodsOf, UserStatus } from "../people-table.tsx";
import { PersonActions } from "./person-actions.tsx";
import { PersonSessions } from "./person-sessions.tsx";
import { RoleDialog } from "./role-dialog.tsx";

export const metadata: Metadata = { title: "Person" };

interface PersonPageProps {
  params: Promise<{ id: string }>;
}

export default async function PersonPage({ params }: PersonPageProps) {
  const actor = await requireActor();
  const { id } = await params;
  const [user, sessions] = await orNothingHere(
    Promise.all([
      getUser(installation(), actor, { id }),
      listSessions(installation(), actor, { userId: id }),
    ]),
  );
  const mayManage = isAllowed(actor, "user:manage");
  return (
    <>
      <PageHeader
        breadcrumbs={[{ href: "/settings/people", label: "People" }]}
        title={user.name}
        status={<UserStatus user={user} />}
        actions={mayManage && <PersonActions user={user} />}
      />
      <div className="flex flex-col gap-5">
        <Card
          title="Account"
          actions={mayManage && <RoleDialog key={user.version} user={user} sessions={sessions.length} />}
        >
          <DescriptionList>
            <Description term="E-mail address">{user.email}</Description>
            <Description term="Role">
              {user.role} <span className="text-muted">· {ROLE_DESCRIPTIONS[user.role]}</span>
            </Description>
            <Description term="Signs in with">{methodsOf(user)}</Description>
            <Description term="Since">
              <RelativeTime time={user.createdAt} show="both" />
            </Description>
          </DescriptionList>
        </Card>
        <Card title="Signed in at" padding="none">
          <PersonSessions name={user.name} sessions={sessions} mayManage={mayManage} />
        </Card>
      </div>
    </>
  );
}
