import { Download, ListChecks, Plus, Upload } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Suspense } from "react";
import { dayAway } from "#components/certificate/expiry-range.ts";
import { LIST_PATH, listHref } from "#components/certificate/list-address.ts";
import { ListFrame } from "#components/certificate/list-frame.tsx";
import { SavedViewsMenu } from "#components/certificate/saved-views-menu.tsx";
import { StatusStrip } from "#components/certificate/status-strip.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Loading } from "#components/ui/loading.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { type Installation, installation } from "#lib/installation.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { certificateFacets } from "#lib/inventory/certificate-facets.ts";
import { daysWithin, EXPIRES_WITHIN, listSavedViews } from "#lib/inventory/saved-views.ts";
import { requireActor } from "#lib/web/session.ts";
import { changeSavedView, deleteSavedView, saveNewView } from "./actions.ts";
import { readAddress } from "./address.ts";
import { BadAddress } from "./bad-address.tsx";
import { FoundPage } from "./found-page.tsx";
import { StatusCounts } from "./status-counts.tsx";

export const metadata: Metadata = { title: "Certificates" };

interface CertificatesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Every certificate that this installation knows: the inventory, narrowed to what its address says. */
export default async function CertificatesPage({ searchParams }: CertificatesPageProps) {
  const actor = await requireActor();
  const here = installation();
  const now = here.clock.now();
  const given = await searchParams;
  leadOn(given, now);
  const address = readAddress(given);
  const { query } = address;
  // Not waited for: the table stands before they are counted.
  const facets = certificateFacets(here, actor);
  return (
    <>
      <PageHeader title="Certificates" actions={<Actions actor={actor} query={query} />} />
      <ListFrame
        query={query}
        facets={facets}
        today={dayAway(now.toISOString().slice(0, 10), 0)}
        strip={
          <Suspense fallback={<StatusStrip />}>
            <StatusCounts actor={actor} />
          </Suspense>
        }
        views={
          <Suspense>
            <Views here={here} actor={actor} now={now} />
          </Suspense>
        }
      >
        {"problem" in address ? (
          <BadAddress problem={address.problem} />
        ) : (
          <Suspense fallback={<Loading label="Loading certificates" rows={12} />}>
            <FoundPage
              actor={actor}
              address={address}
              count={countCertificates(here, actor, address.filter)}
            />
          </Suspense>
        )}
      </ListFrame>
    </>
  );
}

/** Days that move on become those of today. */
function leadOn(given: Record<string, string | string[] | undefined>, now: Date): void {
  const days = given[EXPIRES_WITHIN];
  if (typeof days !== "string") return;
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(given)) {
    for (const value of [values ?? []].flat()) if (name !== EXPIRES_WITHIN) parameters.append(name, value);
  }
  redirect(listHref(withDays(parameters, days, now)));
}

function withDays(parameters: URLSearchParams, days: string, now: Date): string {
  const range = daysWithin(days, now);
  if (range !== null) {
    parameters.set("expires-from", range.from);
    parameters.set("expires-to", range.to);
  }
  return parameters.toString();
}

function Actions({ actor, query }: { actor: UserActor; query: string }) {
  return (
    <>
      {/* A file and not a page: the router must not try to show it. */}
      <a
        href={`${LIST_PATH}/export${query === "" ? "" : `?${query}`}`}
        download
        className={buttonStyle("secondary", "md")}
      >
        <Download aria-hidden />
        Export CSV
      </a>
      <ButtonLink href="/bulk" icon={<ListChecks aria-hidden />}>
        Bulk work
      </ButtonLink>
      {isAllowed(actor, "certificate:import") && (
        <ButtonLink href="/certificates/import" icon={<Upload aria-hidden />}>
          Import
        </ButtonLink>
      )}
      {isAllowed(actor, "certificate:issue") && (
        <ButtonLink href="/certificates/new" variant="primary" icon={<Plus aria-hidden />}>
          Issue certificate
        </ButtonLink>
      )}
    </>
  );
}

async function Views({ here, actor, now }: { here: Installation; actor: UserActor; now: Date }) {
  const views = await listSavedViews(here, actor);
  return (
    <SavedViewsMenu
      views={views.map((view) => {
        const parameters = new URLSearchParams(view.query);
        const days = parameters.get(EXPIRES_WITHIN) ?? "";
        parameters.delete(EXPIRES_WITHIN);
        return { ...view, query: withDays(parameters, days, now) };
      })}
      actions={{ save: saveNewView, change: changeSavedView, remove: deleteSavedView }}
      mayShare={isAllowed(actor, "certificate:annotate")}
    />
  );
}
