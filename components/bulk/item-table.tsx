import { ITEM_STATES } from "#components/bulk/run-words.ts";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ItemView } from "#lib/authority/bulk-read.ts";

/** What came of each item of a run; a row leads to its certificate. */
export function ItemTable({ items, hasLines }: { items: readonly ItemView[]; hasLines: boolean }) {
  return (
    <Table label="Items of the run">
      <TableHead>
        <HeaderCell align="end" className="w-16">
          {hasLines ? "Line" : "No."}
        </HeaderCell>
        <HeaderCell>Certificate</HeaderCell>
        <HeaderCell>Result</HeaderCell>
        <HeaderCell>Reason</HeaderCell>
      </TableHead>
      <TableBody>
        {items.map((item) => {
          const { tone, word } = ITEM_STATES[item.status];
          const leadsTo = item.certificateId ?? item.replacesId;
          return (
            <Row key={item.position}>
              <Cell align="end" label={hasLines ? "Line" : "No."}>
                <span className="text-muted tabular-nums">{item.line ?? item.position + 1}</span>
              </Cell>
              <Cell wrap>
                {leadsTo === null ? (
                  <span className="break-all">{item.label}</span>
                ) : (
                  <RowLink href={`/certificates/${leadsTo}`}>{item.label}</RowLink>
                )}
              </Cell>
              <Cell label="Result">
                <Status tone={tone}>{word}</Status>
              </Cell>
              <Cell wrap label={item.message === "" ? undefined : "Reason"}>
                {item.message}
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}
