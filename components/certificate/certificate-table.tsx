import { certificateSource } from "#components/certificate/certificate-source.ts";
import { certificateState } from "#components/certificate/certificate-state.ts";
import { CertificateStatus } from "#components/certificate/certificate-status.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { LifeBar } from "#components/ui/life-bar.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";

/** Digits of a serial number that tell two certificates apart at a glance. */
const SHORT_SERIAL = 8;

/** On narrow screens a row is a card: what is not needed to pick one stands on its page. */
const WIDE_ONLY = "max-sm:hidden!";

/** Certificates as rows; each leads to its page. */
export function CertificateTable({
  certificates,
  now,
}: {
  certificates: readonly CertificateSummary[];
  now: Date;
}) {
  return (
    <Table label="Certificates">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Expires</HeaderCell>
        <HeaderCell>Profile</HeaderCell>
        <HeaderCell>Issuer</HeaderCell>
        <HeaderCell>Serial number</HeaderCell>
        <HeaderCell>Source</HeaderCell>
      </TableHead>
      <TableBody>
        {certificates.map((certificate) => (
          <CertificateRow key={certificate.id} certificate={certificate} now={now} />
        ))}
      </TableBody>
    </Table>
  );
}

function issuerOf({ issuer, issuerName, subject }: CertificateSummary): string {
  return issuer?.name ?? (issuerName === subject ? "itself" : issuerName);
}

function CertificateRow({ certificate, now }: { certificate: CertificateSummary; now: Date }) {
  const { notBefore, notAfter } = certificate;
  const { tone } = certificateState(certificate, now);
  return (
    <Row>
      <Cell>
        <RowLink href={`/certificates/${certificate.id}`}>{certificate.displayName}</RowLink>
      </Cell>
      <Cell label="Status">
        <CertificateStatus certificate={certificate} now={now} />
      </Cell>
      <Cell label="Expires">
        <span className="inline-flex items-center gap-x-2.5">
          <LifeBar
            notBefore={notBefore}
            notAfter={notAfter}
            now={now}
            tone={tone === "info" ? "neutral" : tone}
            className="w-14! shrink-0"
          />
          <RelativeTime time={notAfter} />
        </span>
      </Cell>
      <Cell label="Profile">
        {certificate.profile?.name ?? (certificate.kind === "authority" ? <Badge>authority</Badge> : "none")}
      </Cell>
      <Cell className={WIDE_ONLY}>{issuerOf(certificate)}</Cell>
      <Cell className={WIDE_ONLY}>
        <span className="font-mono slashed-zero" title={certificate.serial}>
          {certificate.serial.slice(0, SHORT_SERIAL)}…
        </span>
      </Cell>
      <Cell className={WIDE_ONLY}>
        <span title={certificateSource(certificate.source).meaning}>
          {certificateSource(certificate.source).short}
        </span>
      </Cell>
    </Row>
  );
}
