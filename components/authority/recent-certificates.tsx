import { CertificateStatus } from "#components/certificate/certificate-status.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { RecentCertificate } from "#lib/inventory/recently-issued.ts";

/** The newest certificates of an authority or profile, in short. */
export function RecentCertificates({
  certificates,
  now,
}: {
  certificates: readonly RecentCertificate[];
  now: Date;
}) {
  return (
    <Table label="Recently issued certificates">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Issued</HeaderCell>
      </TableHead>
      <TableBody>
        {certificates.map((certificate) => (
          <Row key={certificate.id}>
            <Cell>
              <RowLink href={`/certificates/${certificate.id}`}>{certificate.displayName}</RowLink>
            </Cell>
            <Cell label="Status">
              <CertificateStatus certificate={certificate} now={now} />
            </Cell>
            <Cell label="Issued">
              <RelativeTime time={certificate.createdAt} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
