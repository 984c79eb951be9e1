import Link from "next/link";
import type { ConcernedCertificate } from "#components/failures/pasted-diagnosis.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";

/** The certificate that a handshake was about, as far as lines and inventory say it. */
export function CertificateWords({
  certificate: { id, name, issuer, serial, notBefore, notAfter },
}: {
  certificate: ConcernedCertificate;
}) {
  const called = harmless(name || (serial === null ? "without a name" : `serial number ${serial}`));
  return (
    <span className="flex min-w-0 flex-col [overflow-wrap:anywhere]">
      {id === null ? (
        <span>
          {called} <span className="text-muted">(not in the inventory)</span>
        </span>
      ) : (
        <Link href={`/certificates/${id}`} prefetch={false} className="text-link">
          {called}
        </Link>
      )}
      {issuer !== null && <span className="text-muted text-sm">issued by {harmless(issuer)}</span>}
      {serial !== null && name !== null && (
        <span className="text-muted text-sm">
          serial number <span className="font-mono">{harmless(serial)}</span>
        </span>
      )}
      {notAfter !== null && (
        <span className="text-muted text-sm">
          valid{" "}
          {notBefore !== null && (
            <>
              from <RelativeTime time={new Date(notBefore)} />{" "}
            </>
          )}
          until <RelativeTime time={new Date(notAfter)} show="both" />
        </span>
      )}
    </span>
  );
}
