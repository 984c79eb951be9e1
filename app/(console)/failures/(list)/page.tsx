import { ClipboardPaste, FileText } from "lucide-react";
import type { Metadata } from "next";
import { CauseChart } from "#components/failures/cause-chart.tsx";
import { chartRows, chartTimes } from "#components/failures/chart-rows.ts";
import {
  type FailureAddress,
  failuresHref,
  LISTED_STATES,
  listingOf,
  readAddress,
} from "#components/failures/failure-address.ts";
import { FailureFilters, SEARCH_ID } from "#components/failures/failure-filters.tsx";
import { FailureKeys } from "#components/failures/failure-keys.tsx";
import { FailureTable } from "#components/failures/failure-table.tsx";
import { FailureTabs } from "#components/failures/failure-tabs.tsx";
import { boundedWords } from "#components/failures/failure-words.ts";
import { LiveList } from "#components/failures/live-list.tsx";
import { NoFailures } from "#components/failures/no-failures.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { getClient } from "#lib/access/client-read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { failureChart } from "#lib/handshake/failure-chart.ts";
import { COUNTED_MAX, countFailures, listFailures } from "#lib/handshake/failure-list.ts";
import { failuresMark } from "#lib/handshake/failure-mark.ts";
import { failurePlaces } from "#lib/handshake/failure-places.ts";
import { LOOKED_AT_MAX } from "#lib/handshake/failure-text.ts";
import { wereLogsSent } from "#lib/handshake/logs-sent.ts";
import { installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { requireActor } from "#lib/web/session.ts";
import { orFirstPage } from "../../first-page.ts";

export const metadata: Metadata = { title: "Failures" };

interface FailuresPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What fails now, worst first: the screen to open in an incident. */
export default async function FailuresPage({ searchParams }: FailuresPageProps) {
  const actor = await requireActor();
  const here = installation();
  const now = here.clock.now();
  const address = readAddress(await searchParams);
  const listing = listingOf(address, actor.id);
  const times = chartTimes(address.span, now);
  // Before everything else: what happens while the page is made is noticed by whoever looks at it.
  const mark = await failuresMark(here, actor);
  const [{ failures, next }, [open = 0, muted = 0, resolved = 0], { bars }, places, names] =
    await Promise.all([
      orFirstPage(failuresHref(address), () => listFailures(here, actor, listing)),
      Promise.all(LISTED_STATES.map((state) => countFailures(here, actor, { ...listing, state }))),
      failureChart(here, actor, {
        ...{ from: times.from, to: times.to },
        ...{ service: address.service || undefined, proxy: address.proxy || undefined },
      }),
      failurePlaces(here, actor),
      namesOf(actor, address),
    ]);
  const counts = { open, muted, resolved };
  const hasLogs = failures.length > 0 || (await wereLogsSent(here, actor));
  const count = counts[address.state];
  return (
    <>
      <PageHeader
        title="Failures"
        description="Handshakes that failed, why, and what mends them: the worst first."
        actions={
          <>
            <LiveList
              key={String(address.live)}
              markHref="/failures/mark"
              mark={mark}
              isLive={address.live}
              otherHref={failuresHref(address, { live: !address.live, after: address.after })}
            />
            <ButtonLink href="/failures/logs" icon={<FileText aria-hidden />}>
              Logs
            </ButtonLink>
            <ButtonLink href="/failures/paste" icon={<ClipboardPaste aria-hidden />}>
              Paste a log line
            </ButtonLink>
          </>
        }
      />
      <div className="flex flex-col gap-5">
        {hasLogs && (
          <CauseChart
            chart={chartRows(bars, times, address.cause || null)}
            from={times.from}
            step={times.step}
            address={address}
            isOfMore={isNarrowedBeyondChart(address)}
          />
        )}
        <section aria-label="List of failures" className="min-w-0 rounded-lg border border-line bg-surface">
          {hasLogs && (
            <>
              <FailureTabs address={address} counts={counts} most={COUNTED_MAX} />
              <FailureFilters
                key={failuresHref(address)}
                {...places}
                address={address}
                clientName={names.client}
                certificateName={names.certificate}
              />
            </>
          )}
          {failures.length === 0 ? (
            <NoFailures address={address} checkedAt={now} hasLogs={hasLogs} muted={muted} />
          ) : (
            <FailureKeys searchId={SEARCH_ID}>
              <FailureTable failures={failures} />
              <Pagination
                summary={`${failures.length} of ${boundedWords(count, COUNTED_MAX)} ${address.state} shown, worst first${
                  address.text === ""
                    ? ""
                    : `; names are sought among the ${LOOKED_AT_MAX.toLocaleString("en")} worst`
                }`}
                newerHref={address.after === undefined ? undefined : failuresHref(address)}
                olderHref={next === null ? undefined : failuresHref(address, { after: next })}
                labels={{ newer: "First page", older: "Next" }}
              />
            </FailureKeys>
          )}
        </section>
      </div>
    </>
  );
}

/** The rollups have no clients, causes are rows of their own, and nothing tells them how sure anybody is. */
function isNarrowedBeyondChart({ text, client, certainty, certificate, mine }: FailureAddress): boolean {
  return text !== "" || client !== "" || certainty !== "" || certificate !== "" || mine;
}

/** What is narrowed by a link from elsewhere is called by its name. */
async function namesOf(actor: UserActor, { client, certificate }: FailureAddress) {
  const named = async (id: string, read: () => Promise<string>) => (id === "" ? "" : nameOr(id, read));
  return {
    client: await named(client, async () => (await getClient(installation(), actor, client)).name),
    certificate: await named(
      certificate,
      async () => (await getCertificate(installation(), actor, certificate)).displayName,
    ),
  };
}

async function nameOr(id: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DomainError) return id;
    throw error;
  }
}
