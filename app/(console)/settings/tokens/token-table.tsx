"use client";

import { KeyRound } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { ApiTokenView } from "#lib/identity/api-tokens.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { endApiToken } from "./actions.ts";

const TONES: Record<ApiTokenView["status"], Tone> = { active: "ok", expired: "neutral", revoked: "neutral" };

/** All tokens, also those that no longer work: the audit trail speaks of them. */
export function TokenTable({ tokens, mayManage }: { tokens: ApiTokenView[]; mayManage: boolean }) {
  if (tokens.length === 0) {
    return (
      <EmptyState
        icon={<KeyRound aria-hidden />}
        title="No API tokens yet"
        description="A pipeline or a script that issues certificates needs one. Each has its own scopes and end, and shows when it was used last."
      />
    );
  }
  return (
    <Table label="API tokens">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Begins with</HeaderCell>
        <HeaderCell>Scopes</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Last used</HeaderCell>
        <HeaderCell>Ends</HeaderCell>
        <HeaderCell>Made by</HeaderCell>
        {mayManage && <HeaderCell />}
      </TableHead>
      <TableBody>
        {tokens.map((token) => (
          <Row key={token.id}>
            <Cell>{token.name}</Cell>
            <Cell label="Begins with">
              <code className="font-mono">{token.prefix}…</code>
            </Cell>
            <Cell label="Scopes" wrap>
              <span className="flex flex-wrap gap-1">
                {token.scopes.map((scope) => (
                  <Badge key={scope}>{scope}</Badge>
                ))}
              </span>
            </Cell>
            <Cell label="Status">
              <Status tone={TONES[token.status]}>{token.status}</Status>
            </Cell>
            <Cell label="Last used">
              <LastUse token={token} />
            </Cell>
            <Cell label="Ends">
              {token.expiresAt === null ? "never" : <RelativeTime time={token.expiresAt} />}
            </Cell>
            <Cell label="Made by">
              {token.createdBy}, <RelativeTime time={token.createdAt} />
            </Cell>
            {mayManage && <Cell align="end">{token.status === "active" && <Revoke token={token} />}</Cell>}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function LastUse({ token }: { token: ApiTokenView }) {
  if (token.lastUsedAt === null) return "never";
  return (
    <>
      <RelativeTime time={token.lastUsedAt} />
      {token.lastUsedFrom ? ` from ${token.lastUsedFrom}` : ""}
    </>
  );
}

function Revoke({ token }: { token: ApiTokenView }) {
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Revoke</Button>}
      title={`Revoke the token ${token.name}?`}
      description="It stops working at once and cannot be brought back."
      confirmLabel="Revoke the token"
      danger
      onConfirm={async () => refusalOf(await endApiToken({ id: token.id }))?.message}
    >
      {token.lastUsedAt === null ? (
        <Notice tone="ok">Nothing has used it so far.</Notice>
      ) : (
        <Notice tone="warn" title="It is in use">
          Whatever uses it will be refused. It was used last <LastUse token={token} />.
        </Notice>
      )}
    </ConfirmDialog>
  );
}
