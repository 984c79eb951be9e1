import { FileBadge, SearchX, Upload } from "lucide-react";
import { LIST_PATH } from "#components/certificate/list-address.ts";
import { ListLink } from "#components/certificate/list-navigation.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";

interface NothingFoundProps {
  actor: UserActor;
  isFiltered: boolean;
  search: string;
}

/** What stands in the list's place when it has no rows: the next step. */
export function NothingFound({ actor, isFiltered, search }: NothingFoundProps) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={<SearchX />}
        title="Nothing matches"
        description={
          search === "" ? (
            "No certificate meets all the filters above. Take one away, or all."
          ) : (
            <>
              No certificate that meets the filters above has a name that begins or ends with{" "}
              <bdi className="break-all font-mono">{harmless(search.slice(0, 100))}</bdi>, nor such a serial
              number or fingerprint.
            </>
          )
        }
        action={
          <ListLink href={LIST_PATH} className={buttonStyle("primary", "md")}>
            Show all certificates
          </ListLink>
        }
      />
    );
  }
  const mayIssue = isAllowed(actor, "certificate:issue");
  const mayImport = isAllowed(actor, "certificate:import");
  return (
    <EmptyState
      icon={<FileBadge />}
      title="Nothing issued or imported yet"
      description={
        mayIssue
          ? "Every certificate will be listed here, yours and others', with expiry, issuer and renewals. Issue the first, or import those that are in use already."
          : "Every certificate will be listed here. An admin or operator can issue or import the first."
      }
      action={
        <>
          {mayImport && (
            <ButtonLink href="/certificates/import" icon={<Upload aria-hidden />}>
              Import certificates
            </ButtonLink>
          )}
          {mayIssue && (
            <ButtonLink href="/certificates/new" variant="primary">
              Issue certificate
            </ButtonLink>
          )}
        </>
      }
    />
  );
}
