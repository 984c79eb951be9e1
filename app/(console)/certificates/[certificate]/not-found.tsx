import { ButtonLink } from "#components/ui/button-link.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

export default function CertificateNotFound() {
  return (
    <ErrorState
      code="404"
      title="There is no such certificate"
      description="No certificate of this installation has this id, serial number or fingerprint. The address may have been cut off, or the certificate was issued elsewhere."
      actions={
        <ButtonLink href="/certificates" variant="primary">
          Go to the certificates
        </ButtonLink>
      }
    />
  );
}
