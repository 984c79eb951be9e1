import Link from "next/link";
import type { ReactNode } from "react";
import { reasonWords } from "#components/access/decision-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";

/** Somebody who came and is not known, or not allowed. */
export interface CallerRow {
  sha256: string;
  displayName: string;
  subject: string;
  issuerName: string;
  /** The authority known here that signed it; null for a stranger's. */
  issuer: { name: string } | null;
  names: readonly { type: string; value: string }[];
  service: { id: string; slug: string; name: string };
  proxy: { name: string } | null;
  /** Whom its certificate proves: then the service is all that it lacks. */
  client: { id: string; name: string } | null;
  reason: string;
  firstSeenAt: Date;
  lastSeenAt: Date;
  count: number;
}

interface CallerTableProps {
  callers: readonly CallerRow[];
  /** Buttons of a row. */
  actionsOf: (caller: CallerRow) => ReactNode;
}

/** Digits of a fingerprint that tell two callers apart at a glance. */
const SHORT_FINGERPRINT = 12;

/** Who came without being admitted: who they say they are, where they came, how often, and what they were answered. */
export function CallerTable({ callers, actionsOf }: CallerTableProps) {
  return (
    <Table label="Callers that are not admitted, the latest first">
      <TableHead>
        <HeaderCell>Caller</HeaderCell>
        <HeaderCell>Came to</HeaderCell>
        <HeaderCell>Was answered</HeaderCell>
        <HeaderCell>Last seen</HeaderCell>
        <HeaderCell align="end">Requests</HeaderCell>
        <HeaderCell>
          <span className="sr-only">Actions</span>
        </HeaderCell>
      </TableHead>
      <TableBody>
        {callers.map((caller) => (
          <Row key={`${caller.sha256} ${caller.service.id}`}>
            <Cell wrap>
              <span className="flex min-w-0 flex-col">
                <span className="font-medium [overflow-wrap:anywhere]">{harmless(caller.displayName)}</span>
                {caller.client !== null && (
                  <span className="text-sm [overflow-wrap:anywhere]">
                    is the client{" "}
                    <Link href={`/clients/${caller.client.id}`} prefetch={false} className="text-link">
                      {harmless(caller.client.name)}
                    </Link>
                  </span>
                )}
                <span className="text-muted text-xs [overflow-wrap:anywhere]">
                  of {harmless(caller.issuerName)}
                </span>
                <span className="font-mono text-muted text-xs slashed-zero" title={caller.sha256}>
                  {caller.sha256.slice(0, SHORT_FINGERPRINT)}…
                </span>
              </span>
            </Cell>
            <Cell label="Came to">
              <span className="flex min-w-0 flex-col">
                <span className="block max-w-48 truncate" title={harmless(caller.service.name)}>
                  {harmless(caller.service.name)}
                </span>
                {caller.proxy !== null && (
                  <span className="block max-w-48 truncate text-muted text-xs">
                    through {harmless(caller.proxy.name)}
                  </span>
                )}
              </span>
            </Cell>
            <Cell label="Was answered">
              <Status tone={caller.reason === "learning" ? "info" : "warn"}>
                {reasonWords(caller.reason).title}
              </Status>
            </Cell>
            <Cell label="Last seen">
              <RelativeTime time={caller.lastSeenAt} />
            </Cell>
            <Cell label="Requests" align="end">
              {caller.count.toLocaleString("en")}
            </Cell>
            <Cell>
              <span className="relative z-1 flex gap-2 sm:justify-end">{actionsOf(caller)}</span>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
