import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { FaultView } from "#lib/inventory/import-read.ts";

/** What an upload held that became no certificate. @param hrefOf where the kept bytes are downloaded */
export function FaultTable({
  faults,
  hrefOf,
}: {
  faults: readonly FaultView[];
  hrefOf: (position: number) => string;
}) {
  return (
    <Table label="Parts that became no certificate">
      <TableHead>
        <HeaderCell>Place</HeaderCell>
        <HeaderCell>Reason</HeaderCell>
        <HeaderCell>Bytes</HeaderCell>
      </TableHead>
      <TableBody>
        {faults.map((fault) => (
          <Row key={fault.position}>
            <Cell wrap className="wrap-anywhere max-w-80">
              {fault.place === "" ? "the file itself" : fault.place}
            </Cell>
            <Cell wrap>
              <Status tone={fault.isNote ? "info" : "warn"}>{fault.reason}</Status>
            </Cell>
            <Cell label="Bytes">
              {fault.keptBytes === 0 ? (
                <span className="text-muted">not kept</span>
              ) : (
                <a href={hrefOf(fault.position)} download className="text-link">
                  <span className="sr-only">Download the </span>
                  {fault.truncated ? "first " : ""}
                  {fault.keptBytes.toLocaleString("en")} bytes
                  <span className="sr-only"> of {fault.place || "the file"}</span>
                </a>
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
