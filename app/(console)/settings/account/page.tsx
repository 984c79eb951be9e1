import type { Metadata } from "next";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ROLE_DESCRIPTIONS } from "#lib/authorization/permissions.ts";
import { listOwnPasskeys } from "#lib/identity/passkeys.ts";
import { listOwnSessions } from "#lib/identity/sessions.ts";
import { installation } from "#lib/installation.ts";
import { requireSession } from "#lib/web/session.ts";
import { OwnSessions } from "./own-sessions.tsx";
import { Passkeys } from "./passkeys.tsx";
import { PasswordCard } from "./password-card.tsx";
import { ProfileCard } from "./profile-card.tsx";
import { TotpCard } from "./totp-card.tsx";

export const metadata: Metadata = { title: "My account" };

export default async function AccountPage() {
  const { actor, user, sessionId } = await requireSession();
  const here = installation();
  const [passkeys, sessions] = await Promise.all([
    listOwnPasskeys(here, actor),
    listOwnSessions(here, actor),
  ]);
  return (
    <>
      <PageHeader
        title="My account"
        status={<Badge>{actor.role}</Badge>}
        description={ROLE_DESCRIPTIONS[actor.role]}
      />
      <div className="grid items-start gap-5 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-5">
          <ProfileCard name={user.name} email={user.email} />
          <PasswordCard email={user.email} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <Passkeys passkeys={passkeys} origin={new URL(here.config.publicUrl).origin} />
          <TotpCard isOn={user.twoFactorEnabled} />
        </div>
        <div className="min-w-0 xl:col-span-2">
          <OwnSessions sessions={sessions} currentId={sessionId} />
        </div>
      </div>
    </>
  );
}
