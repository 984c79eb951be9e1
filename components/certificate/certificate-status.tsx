import type { ReactNode } from "react";
import { certificateState, type StatedCertificate } from "#components/certificate/certificate-state.ts";
import { Status } from "#components/ui/status.tsx";

interface CertificateStatusProps {
  certificate: StatedCertificate;
  now: Date;
  detail?: ReactNode;
}

/** Word, shape and colour of how a certificate is doing. */
export function CertificateStatus({ certificate, now, detail }: CertificateStatusProps) {
  const { word, tone } = certificateState(certificate, now);
  return (
    <Status tone={tone} detail={detail}>
      {word}
    </Status>
  );
}
