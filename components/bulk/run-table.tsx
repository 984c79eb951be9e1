import { runState, runTitle } from "#components/bulk/run-words.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { Run } from "#lib/authority/bulk-run.ts";

/** Runs as rows; each leads to its page. */
export function RunTable({ runs }: { runs: readonly Run[] }) {
  return (
    <Table label="Bulk work, the newest first">
      <TableHead>
        <HeaderCell>What</HeaderCell>
        <HeaderCell>State</HeaderCell>
        <HeaderCell align="end">Done</HeaderCell>
        <HeaderCell>Started by</HeaderCell>
        <HeaderCell>Started</HeaderCell>
      </TableHead>
      <TableBody>
        {runs.map((run) => {
          const { tone, word } = runState(run);
          return (
            <Row key={run.id}>
              <Cell>
                <RowLink href={`/bulk/${run.id}`}>{runTitle(run)}</RowLink>
              </Cell>
              <Cell label="State">
                <Status tone={tone}>{word}</Status>
              </Cell>
              <Cell label="Done" align="end">
                <span className="tabular-nums">
                  {run.done.toLocaleString("en")} of {run.total.toLocaleString("en")}
                </span>
              </Cell>
              <Cell label="Started by">{run.requestedBy}</Cell>
              <Cell label="Started">
                <RelativeTime time={run.createdAt} />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}
