import { ImportStatus } from "#components/import/import-status.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ImportView } from "#lib/inventory/import-read.ts";

/** Past imports as rows; each leads to its page. */
export function ImportTable({ imports }: { imports: readonly ImportView[] }) {
  return (
    <Table label="Imports">
      <TableHead>
        <HeaderCell>File</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell align="end">Added</HeaderCell>
        <HeaderCell align="end">Known</HeaderCell>
        <HeaderCell align="end">Unreadable</HeaderCell>
        <HeaderCell>By</HeaderCell>
        <HeaderCell>When</HeaderCell>
      </TableHead>
      <TableBody>
        {imports.map((each) => (
          <Row key={each.id}>
            <Cell>
              <RowLink href={`/certificates/import/${each.id}`} className="wrap-anywhere">
                {each.fileName}
              </RowLink>
            </Cell>
            <Cell label="Status">
              <ImportStatus {...each} />
            </Cell>
            <Cell label="Added" align="end">
              {each.added.toLocaleString("en")}
            </Cell>
            <Cell label="Known" align="end">
              {each.known.toLocaleString("en")}
            </Cell>
            <Cell label="Unreadable" align="end">
              {each.unreadable.toLocaleString("en")}
            </Cell>
            <Cell label="By">{each.requestedBy}</Cell>
            <Cell label="When">
              <RelativeTime time={each.createdAt} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
