"use client";

import { SessionTable } from "#components/identity/session-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { SessionView } from "#lib/identity/sessions.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { endOthers, endSession } from "./actions.ts";

/** Where the person is signed in. */
export function OwnSessions({ sessions, currentId }: { sessions: SessionView[]; currentId: string }) {
  return (
    <Card
      title="Where you are signed in"
      padding="none"
      actions={
        sessions.length > 1 && (
          <ConfirmDialog
            trigger={<Button>End all others</Button>}
            title="End your sessions in all other browsers?"
            description="They are signed out with their next click; what was not saved there is lost."
            confirmLabel="End all others"
            danger
            onConfirm={async () => refusalOf(await endOthers())?.message}
          />
        )
      }
    >
      <SessionTable
        sessions={sessions}
        currentId={currentId}
        whoIsOut="You are signed in nowhere"
        onEnd={async (id) => refusalOf(await endSession({ id }))?.message}
      />
    </Card>
  );
}
