import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ImportedCertificate } from "#lib/inventory/import-read.ts";

/** Certificates that an import added; each leads to its page. */
export function ImportedTable({ certificates }: { certificates: readonly ImportedCertificate[] }) {
  return (
    <Table label="Certificates added">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Kind</HeaderCell>
        <HeaderCell>Issuer</HeaderCell>
        <HeaderCell>Expires</HeaderCell>
      </TableHead>
      <TableBody>
        {certificates.map((certificate) => (
          <Row key={certificate.id}>
            <Cell>
              <RowLink href={`/certificates/${certificate.id}`} className="wrap-anywhere">
                {certificate.displayName}
              </RowLink>
            </Cell>
            <Cell label="Kind">{certificate.kind === "authority" ? "authority" : "end entity"}</Cell>
            <Cell label="Issuer" wrap className="max-w-96">
              <span className="wrap-anywhere line-clamp-2">{certificate.issuerName}</span>
            </Cell>
            <Cell label="Expires">
              <RelativeTime time={certificate.notAfter} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
