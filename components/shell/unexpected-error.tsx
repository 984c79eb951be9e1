"use client";

import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

interface UnexpectedErrorProps {
  error: unknown;
  retry: () => void;
}

/** A page that failed for a reason we did not foresee: a neutral sentence, and the id that the log has. */
export function UnexpectedError({ error, retry }: UnexpectedErrorProps) {
  const id = errorId(error);
  return (
    <ErrorState
      code="500"
      title="This page could not be shown"
      description={
        <p>
          Something went wrong on our side. If you had just changed something, the audit trail says whether it
          was done. {id !== undefined && "The log of the console has the cause under this id."}
        </p>
      }
      id={id}
      actions={
        <>
          <Button variant="primary" onClick={() => retry()}>
            Try again
          </Button>
          <ButtonLink href="/">Go to the start page</ButtonLink>
        </>
      }
    />
  );
}

/** Next puts the id under which the server logged an error in `digest`; errors of the browser have none. */
function errorId(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("digest" in error)) return undefined;
  return typeof error.digest === "string" ? error.digest : undefined;
}
