"use client";

import { useState } from "react";
import { OneTimeLink } from "#components/identity/one-time-link.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { UserView } from "#lib/identity/users.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { closeAccount, offerPassword, reopenAccount, takeOffSecondFactors } from "../actions.ts";

/** What an admin can do about an account. */
export function PersonActions({ user }: { user: UserView }) {
  const change = { id: user.id, version: user.version };
  return (
    <>
      <NewPassword user={user} />
      {(user.twoFactorEnabled || user.passkeys > 0) && (
        <ConfirmDialog
          trigger={<Button>Telephone lost</Button>}
          title={`Take app and passkeys off the account of ${user.name}?`}
          description={`The password alone will open the account until a new app or passkey is added. ${endsSessions(user)}`}
          confirmLabel="Take them off"
          danger
          onConfirm={async () => refusalOf(await takeOffSecondFactors(change))?.message}
        />
      )}
      {user.status === "active" ? (
        <ConfirmDialog
          trigger={<Button variant="danger">Disable</Button>}
          title={`Disable the account of ${user.name}?`}
          description={`${user.name} cannot sign in any more. ${endsSessions(user)} API tokens that ${user.name} made keep working: revoke them under API tokens. The account can be enabled again.`}
          confirmLabel="Disable the account"
          danger
          onConfirm={async () => refusalOf(await closeAccount(change))?.message}
        />
      ) : (
        <ConfirmDialog
          trigger={<Button variant="primary">Enable</Button>}
          title={`Enable the account of ${user.name}?`}
          description={`${user.name} can sign in again, as ${user.role}.`}
          confirmLabel="Enable the account"
          onConfirm={async () => refusalOf(await reopenAccount(change))?.message}
        />
      )}
    </>
  );
}

function endsSessions({ sessions }: UserView): string {
  if (sessions === 0) return "There are no open sessions.";
  return sessions === 1 ? "The one open session ends at once." : `All ${sessions} open sessions end at once.`;
}

function NewPassword({ user }: { user: UserView }) {
  const [link, setLink] = useState<{ url: string; expiresAt: Date }>();
  return (
    <>
      <ConfirmDialog
        trigger={<Button>New password</Button>}
        title={`Make a link with which ${user.name} chooses a new password?`}
        description={`Nothing changes until the link is used; then ${user.name} is signed out everywhere. App and passkeys stay.`}
        confirmLabel="Make the link"
        onConfirm={async () => {
          const result = await offerPassword({ userId: user.id });
          setLink(result?.data);
          return refusalOf(result)?.message;
        }}
      />
      <Dialog
        title="Link for a new password"
        open={link !== undefined}
        onOpenChange={(open) => {
          if (!open) setLink(undefined);
        }}
      >
        {link !== undefined && (
          <OneTimeLink url={link.url} expiresAt={link.expiresAt}>
            Give it to {user.name} over a channel that you trust.
          </OneTimeLink>
        )}
      </Dialog>
    </>
  );
}
