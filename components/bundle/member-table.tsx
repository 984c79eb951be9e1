import Link from "next/link";
import type { ReactNode } from "react";
import { memberState } from "#components/bundle/member-state.ts";
import { Copyable } from "#components/ui/copyable.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { BundleMember } from "#lib/inventory/bundle-members.ts";

interface MemberTableProps {
  members: readonly BundleMember[];
  now: Date;
  /** The button at the end of a row; null for none. */
  actionOf?: ((member: BundleMember) => ReactNode) | undefined;
}

/** The certificates of a trust bundle. */
export function MemberTable({ members, now, actionOf }: MemberTableProps) {
  return (
    <Table label="Certificates of the bundle">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Ends</HeaderCell>
        <HeaderCell>Kind</HeaderCell>
        <HeaderCell>SHA-256</HeaderCell>
        {actionOf !== undefined && (
          <HeaderCell>
            <span className="sr-only">Actions</span>
          </HeaderCell>
        )}
      </TableHead>
      <TableBody>
        {members.map((member) => {
          const { tone, word } = memberState(member, now);
          return (
            <Row key={member.sha256}>
              <Cell wrap>
                <div className="min-w-0">
                  <MemberName member={member} />
                  <span className="block break-words text-muted text-xs">{member.subject}</span>
                </div>
              </Cell>
              <Cell label="Status">
                <Status tone={tone}>{word}</Status>
              </Cell>
              <Cell label="Ends">
                <RelativeTime time={member.notAfter} />
              </Cell>
              <Cell label="Kind">
                {member.isRoot ? "root" : "intermediate"}
                <span className="text-muted">, {member.authority === null ? "imported" : "ours"}</span>
              </Cell>
              <Cell label="SHA-256">
                <Copyable text={member.sha256} label={`fingerprint of ${member.name}`} shorten={12} />
              </Cell>
              {actionOf !== undefined && <Cell align="end">{actionOf(member)}</Cell>}
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}

function MemberName({ member: { id, name, authority } }: { member: BundleMember }) {
  const href =
    authority !== null ? `/authorities/${authority.slug}` : id !== null ? `/certificates/${id}` : null;
  const shown = authority?.name ?? name;
  if (href === null) return <span className="break-words font-medium">{shown}</span>;
  return (
    <Link href={href} prefetch={false} className="break-words font-medium text-link">
      {shown}
    </Link>
  );
}
