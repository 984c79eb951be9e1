import { spanInWords } from "#components/revocation/publication-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";

/** A revocation or hold as the list shows it. */
export interface RevocationRow {
  certificate: { id: string; serial: string; name: string; kind: string };
  /** Null when a foreign CRL says so. */
  authority: { name: string } | null;
  source: { name: string } | null;
  reason: RevocationReason;
  revokedAt: Date;
  comment: string;
  requestedBy: string;
  secondsToPublish: number | null;
}

/** Digits of a serial number that tell two certificates apart at a glance. */
const SHORT_SERIAL = 8;

/** Revocations, newest first: what, why, who, when, and how soon verifiers could know. */
export function RevocationTable({ revocations, now }: { revocations: readonly RevocationRow[]; now: Date }) {
  return (
    <Table label="Revocations, the newest first">
      <TableHead>
        <HeaderCell>Certificate</HeaderCell>
        <HeaderCell>Reason, comment</HeaderCell>
        <HeaderCell>When</HeaderCell>
        <HeaderCell>By</HeaderCell>
        <HeaderCell>On the CRL</HeaderCell>
        <HeaderCell>Issuer</HeaderCell>
      </TableHead>
      <TableBody>
        {revocations.map((revocation) => (
          <RevocationLine key={revocation.certificate.id} revocation={revocation} now={now} />
        ))}
      </TableBody>
    </Table>
  );
}

function RevocationLine({ revocation, now }: { revocation: RevocationRow; now: Date }) {
  const { certificate, authority, source, reason, revokedAt, comment, requestedBy } = revocation;
  const isHeld = reason === "certificateHold";
  return (
    <Row>
      <Cell>
        <span className="flex min-w-0 flex-col">
          <RowLink href={`/certificates/${certificate.id}`} className="[overflow-wrap:anywhere]">
            {harmless(certificate.name)}
          </RowLink>
          <span className="text-muted text-xs">
            <span className="font-mono slashed-zero">{certificate.serial.slice(0, SHORT_SERIAL)}…</span>
            {certificate.kind === "authority" && ", an authority"}
          </span>
        </span>
      </Cell>
      <Cell label="Reason">
        <span className="flex min-w-0 flex-col">
          {isHeld ? (
            <Status tone="warn">{REVOCATION_REASONS[reason].title}</Status>
          ) : (
            REVOCATION_REASONS[reason].title
          )}
          {comment !== "" && (
            <span
              className="line-clamp-2 max-w-80 whitespace-normal break-words text-muted text-xs"
              title={harmless(comment)}
            >
              {harmless(comment)}
            </span>
          )}
        </span>
      </Cell>
      <Cell label="When">
        <RelativeTime time={revokedAt} />
      </Cell>
      <Cell label="By">
        <span className="block max-w-40 truncate" title={harmless(requestedBy)}>
          {source === null ? harmless(requestedBy).replace(/ <[^<>]*>$/, "") : "its issuer"}
        </span>
      </Cell>
      <Cell label="On the CRL">
        <TimeToPublish revocation={revocation} now={now} />
      </Cell>
      <Cell label="Issuer">
        <span className="block max-w-48 truncate">{harmless(authority?.name ?? source?.name ?? "")}</span>
      </Cell>
    </Row>
  );
}

/** A CRL that takes longer is late: OCSP knows, and proxies that go by lists do not. */
const SOON_MS = 30_000;

function TimeToPublish({
  revocation: { secondsToPublish, revokedAt, source },
  now,
}: {
  revocation: RevocationRow;
  now: Date;
}) {
  if (source !== null) return <span className="text-muted">a foreign one</span>;
  if (secondsToPublish !== null) {
    return secondsToPublish * 1000 > SOON_MS ? (
      <Status tone="warn">after {spanInWords(secondsToPublish * 1000)}</Status>
    ) : (
      <>after {spanInWords(secondsToPublish * 1000)}</>
    );
  }
  const waits = now.getTime() - revokedAt.getTime();
  return <Status tone={waits > SOON_MS ? "critical" : "info"}>waits {spanInWords(waits)}</Status>;
}
