"use client";

import { MailOpen } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { InvitationView } from "#lib/identity/invitations.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { withdrawInvitation } from "./actions.ts";

const TONES: Record<InvitationView["status"], Tone> = {
  open: "info",
  accepted: "ok",
  revoked: "neutral",
  expired: "neutral",
};

interface InvitationTableProps {
  invitations: InvitationView[];
  mayManage: boolean;
}

/** Links that were made, for new people and for new passwords. */
export function InvitationTable({ invitations, mayManage }: InvitationTableProps) {
  if (invitations.length === 0) {
    return (
      <EmptyState
        icon={<MailOpen aria-hidden />}
        title="No invitations yet"
        description="Links that let people in, or let them choose a new password, are listed here until long after they were used."
      />
    );
  }
  return (
    <Table label="Invitations">
      <TableHead>
        <HeaderCell>For</HeaderCell>
        <HeaderCell>Role</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Made</HeaderCell>
        <HeaderCell>Ends</HeaderCell>
        {mayManage && <HeaderCell />}
      </TableHead>
      <TableBody>
        {invitations.map((invitation) => (
          <Row key={invitation.id}>
            <Cell>{invitation.email}</Cell>
            <Cell label="Role">
              <Badge>{invitation.role}</Badge>
            </Cell>
            <Cell label="Status">
              <Status tone={TONES[invitation.status]}>{invitation.status}</Status>
            </Cell>
            <Cell label="Made">
              <RelativeTime time={invitation.createdAt} />
            </Cell>
            <Cell label="Ends">
              {invitation.status === "open" ? <RelativeTime time={invitation.expiresAt} /> : "–"}
            </Cell>
            {mayManage && (
              <Cell align="end">{invitation.status === "open" && <Withdraw invitation={invitation} />}</Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function Withdraw({ invitation }: { invitation: InvitationView }) {
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Revoke</Button>}
      title={`Revoke the link for ${invitation.email}?`}
      description="The link stops working at once. A new one can be made."
      confirmLabel="Revoke the link"
      danger
      onConfirm={async () => refusalOf(await withdrawInvitation({ id: invitation.id }))?.message}
    />
  );
}
