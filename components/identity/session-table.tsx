"use client";

import { MonitorSmartphone } from "lucide-react";
import { browserOf } from "#components/identity/browser-of.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";

interface ShownSession {
  id: string;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date;
  address: string;
  userAgent: string;
}

interface SessionTableProps {
  sessions: ShownSession[];
  /** The session of the person who looks. */
  currentId?: string;
  /** Said when there are none. */
  whoIsOut: string;
  /** Ends one; answers with a sentence when it was refused. Absent for who may only look. */
  onEnd?: ((id: string) => Promise<string | undefined>) | undefined;
}

/** Where somebody is signed in. */
export function SessionTable({ sessions, currentId, whoIsOut, onEnd }: SessionTableProps) {
  if (sessions.length === 0) {
    return (
      <EmptyState
        icon={<MonitorSmartphone aria-hidden />}
        title={whoIsOut}
        description="Each browser that is signed in stands here, until it signs out or twelve hours after its last use."
      />
    );
  }
  return (
    <Table label="Sessions">
      <TableHead>
        <HeaderCell>Browser</HeaderCell>
        <HeaderCell>Address</HeaderCell>
        <HeaderCell>Signed in</HeaderCell>
        <HeaderCell>Last prolonged</HeaderCell>
        <HeaderCell>Ends</HeaderCell>
        {onEnd !== undefined && <HeaderCell />}
      </TableHead>
      <TableBody>
        {sessions.map((session) => (
          <Row key={session.id}>
            <Cell title={session.userAgent}>
              {browserOf(session.userAgent)} {session.id === currentId && <Badge>this one</Badge>}
            </Cell>
            <Cell label="Address">{session.address || "unknown"}</Cell>
            <Cell label="Signed in">
              <RelativeTime time={session.createdAt} />
            </Cell>
            <Cell label="Last prolonged">
              <RelativeTime time={session.updatedAt} />
            </Cell>
            <Cell label="Ends">
              <RelativeTime time={session.expiresAt} />
            </Cell>
            {onEnd !== undefined && (
              <Cell align="end">
                {session.id !== currentId && (
                  <ConfirmDialog
                    trigger={<Button size="sm">End</Button>}
                    title={`End the session in ${browserOf(session.userAgent)}?`}
                    description="That browser is signed out with its next click; what it has not saved is lost."
                    confirmLabel="End the session"
                    danger
                    onConfirm={() => onEnd(session.id)}
                  />
                )}
              </Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
