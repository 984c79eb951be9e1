import { ButtonLink } from "#components/ui/button-link.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { RETENTION } from "#lib/handshake/forget-events.ts";

export default function FailureNotFound() {
  return (
    <ErrorState
      code="404"
      title="There is no such failure"
      description={`The address may have been cut off, or the failure is forgotten: one that does not come again is kept for ${RETENTION.days} days.`}
      actions={
        <ButtonLink href="/failures" variant="primary">
          Go to the failures
        </ButtonLink>
      }
    />
  );
}
