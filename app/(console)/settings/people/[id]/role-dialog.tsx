"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { ROLE_DESCRIPTIONS, ROLES } from "#lib/authorization/permissions.ts";
import type { UserView } from "#lib/identity/users.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { giveRole } from "../actions.ts";

/** Gives another role. */
export function RoleDialog({ user, sessions }: { user: UserView; sessions: number }) {
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Change the role</Button>}
      title={`Change the role of ${user.name}?`}
      description={
        sessions === 0
          ? "It counts from the next sign-in on."
          : `${user.name} is signed in: it counts from the next click on.`
      }
      confirmLabel="Change the role"
      onConfirm={async (form) =>
        refusalOf(
          await giveRole({ id: user.id, version: user.version, role: String(form.get("role") ?? "") }),
        )?.message
      }
    >
      <Fieldset legend="Role">
        <RadioCards
          name="role"
          defaultValue={user.role}
          cards={ROLES.map((role) => ({ value: role, label: role, description: ROLE_DESCRIPTIONS[role] }))}
        />
      </Fieldset>
    </ConfirmDialog>
  );
}
