import type { ReactNode } from "react";
import { DeniedByFile } from "#components/service/denied-by-file.tsx";
import { deniedByFile, partWords } from "#components/service/service-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { USE_KEPT_DAYS } from "#lib/access/use-hours.ts";

/** A grant as the page of its client shows it. */
export interface GrantRow {
  id: string;
  service: { slug: string; name: string };
  paths: readonly string[];
  methods: readonly string[];
  startsAt: Date;
  endsAt: Date | null;
  /** When the client was last let in at the service. */
  lastUsedAt: Date | null;
}

interface GrantTableProps {
  label: string;
  grants: readonly GrantRow[];
  now: Date;
  /** Names of proxies whose lists know neither paths nor methods, by the short name of the service. */
  wholeOnly?: Readonly<Record<string, readonly string[]>>;
  actionsOf?: ((grant: GrantRow) => ReactNode) | undefined;
}

/** What a client may call: which part of it, from when until when, and whether it does. */
export function GrantTable({ label, grants, now, wholeOnly = {}, actionsOf }: GrantTableProps) {
  return (
    <Table label={label}>
      <TableHead>
        <HeaderCell>Service</HeaderCell>
        <HeaderCell>Part</HeaderCell>
        <HeaderCell>When</HeaderCell>
        <HeaderCell>Last used</HeaderCell>
        {actionsOf !== undefined && (
          <HeaderCell>
            <span className="sr-only">Actions</span>
          </HeaderCell>
        )}
      </TableHead>
      <TableBody>
        {grants.map((grant) => (
          <Row key={grant.id}>
            <Cell>
              <RowLink href={`/services/${grant.service.slug}`} className="[overflow-wrap:anywhere]">
                {harmless(grant.service.name)}
              </RowLink>
            </Cell>
            <Cell label="Part" wrap>
              <span className="[overflow-wrap:anywhere]">{harmless(partWords(grant))}</span>
              <DeniedByFile
                words={deniedByFile(
                  grants.filter(({ service }) => service.slug === grant.service.slug),
                  wholeOnly[grant.service.slug] ?? [],
                )}
              />
            </Cell>
            <Cell label="When">
              <When grant={grant} now={now} />
            </Cell>
            <Cell label="Last used">
              {grant.lastUsedAt === null ? (
                <span className="text-muted">not in {USE_KEPT_DAYS} days</span>
              ) : (
                <RelativeTime time={grant.lastUsedAt} />
              )}
            </Cell>
            {actionsOf !== undefined && (
              <Cell>
                <span className="relative z-1 flex gap-2 sm:justify-end">{actionsOf(grant)}</span>
              </Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function When({ grant: { startsAt, endsAt }, now }: { grant: GrantRow; now: Date }) {
  if (endsAt !== null && endsAt <= now) {
    return (
      <Status tone="neutral" detail={<RelativeTime time={endsAt} />}>
        ended
      </Status>
    );
  }
  if (startsAt > now) {
    return (
      <Status tone="info" detail={<RelativeTime time={startsAt} />}>
        begins
      </Status>
    );
  }
  return endsAt === null ? (
    <Status tone="ok">now, no end</Status>
  ) : (
    <Status
      tone="ok"
      detail={
        <>
          ends <RelativeTime time={endsAt} />
        </>
      }
    >
      now
    </Status>
  );
}
