import { AuditRow } from "#components/audit/audit-row.tsx";
import { HeaderCell, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { AuditEventView } from "#lib/audit/read.ts";

/** Audit events as rows that open to their details. */
export function AuditTable({ events }: { events: readonly AuditEventView[] }) {
  return (
    <Table label="Audit events, the newest first">
      <TableHead>
        <HeaderCell>Time</HeaderCell>
        <HeaderCell>Who</HeaderCell>
        <HeaderCell>Did what</HeaderCell>
        <HeaderCell>To what</HeaderCell>
        <HeaderCell>Outcome</HeaderCell>
        <HeaderCell align="end">
          <span className="sr-only">Details</span>
        </HeaderCell>
      </TableHead>
      <TableBody>
        {events.map((event) => (
          <AuditRow key={event.sequence} event={event} />
        ))}
      </TableBody>
    </Table>
  );
}
