import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";

/** A trust bundle as a row. */
export interface BundleRow {
  slug: string;
  name: string;
  members: number;
  expired: number;
  nextEnd: Date | null;
  /** Null for those that keep themselves. */
  changedAt: Date | null;
}

/** Trust bundles as rows; each leads to its page. */
export function BundleTable({ bundles }: { bundles: readonly BundleRow[] }) {
  return (
    <Table label="Trust bundles">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Certificates</HeaderCell>
        <HeaderCell>Next end</HeaderCell>
        <HeaderCell>Published at</HeaderCell>
        <HeaderCell>Changed</HeaderCell>
      </TableHead>
      <TableBody>
        {bundles.map((bundle) => (
          <Row key={bundle.slug}>
            <Cell>
              <RowLink href={`/bundles/${bundle.slug}`}>{bundle.name}</RowLink>
            </Cell>
            <Cell label="Certificates">
              <Contents bundle={bundle} />
            </Cell>
            <Cell label="Next end">
              {bundle.nextEnd === null ? (
                <span className="text-muted">none</span>
              ) : (
                <RelativeTime time={bundle.nextEnd} />
              )}
            </Cell>
            <Cell label="Published at">
              <span className="break-all font-mono text-sm">/trust/{bundle.slug}.pem</span>
            </Cell>
            <Cell label="Changed">
              {bundle.changedAt === null ? (
                <span className="text-muted">with the authorities</span>
              ) : (
                <RelativeTime time={bundle.changedAt} />
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function Contents({ bundle: { members, expired } }: { bundle: BundleRow }) {
  if (members === 0) return <Status tone="warn">empty</Status>;
  if (expired === 0) return members;
  return (
    <Status tone="warn" detail={`${expired} expired`}>
      {members}
    </Status>
  );
}
