import { ButtonLink } from "#components/ui/button-link.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

/** No such address, or nothing there that this user may know of. */
export function NothingHere() {
  return (
    <ErrorState
      code="404"
      title="There is nothing at this address"
      description="It may have been mistyped, or what was here is gone."
      actions={
        <ButtonLink href="/" variant="primary">
          Go to the start page
        </ButtonLink>
      }
    />
  );
}
