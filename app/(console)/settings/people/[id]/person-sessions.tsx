"use client";

import { SessionTable } from "#components/identity/session-table.tsx";
import type { SessionView } from "#lib/identity/sessions.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { endPersonsSession } from "../actions.ts";

interface PersonSessionsProps {
  name: string;
  sessions: SessionView[];
  mayManage: boolean;
}

/** Where a person is signed in; an admin can end it. */
export function PersonSessions({ name, sessions, mayManage }: PersonSessionsProps) {
  return (
    <SessionTable
      sessions={sessions}
      whoIsOut={`${name} is signed in nowhere`}
      onEnd={mayManage ? async (id) => refusalOf(await endPersonsSession({ id }))?.message : undefined}
    />
  );
}
