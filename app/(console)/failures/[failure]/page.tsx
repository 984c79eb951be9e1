import type { Metadata } from "next";
import { AssignMenu } from "#components/failures/assign-menu.tsx";
import { EventList } from "#components/failures/event-list.tsx";
import { failuresHref, readAddress } from "#components/failures/failure-address.ts";
import { FailureDiagnosis } from "#components/failures/failure-diagnosis.tsx";
import { FailureFacts } from "#components/failures/failure-facts.tsx";
import { FailureHistory } from "#components/failures/failure-history.tsx";
import { FailureStanding } from "#components/failures/failure-standing.tsx";
import { certaintyWords, failureName, STATE_WORDS, whoWords } from "#components/failures/failure-words.ts";
import { LiveList } from "#components/failures/live-list.tsx";
import { ShareLink } from "#components/failures/share-link.tsx";
import { StateButtons } from "#components/failures/state-buttons.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Status } from "#components/ui/status.tsx";
import { getProxy } from "#lib/access/proxy-read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { actionFor } from "#lib/handshake/action.ts";
import { causeTitle } from "#lib/handshake/cause-title.ts";
import { assignees } from "#lib/handshake/failure-assignees.ts";
import { failureMark } from "#lib/handshake/failure-mark.ts";
import { listEvents, type ShownFailure } from "#lib/handshake/failure-read.ts";
import type { LoggingProxy } from "#lib/handshake/observation.ts";
import { PARSERS } from "#lib/handshake/parsers.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { orFirstPage } from "../../first-page.ts";
import { assign, mute, reopen, resolve, unmute } from "../actions.ts";
import { readFailure } from "../read-failure.ts";
import { RemedyPanel } from "../remedy/panel.tsx";
import { clientOwner } from "./client-owner.ts";
import { SameCause } from "./same-cause.tsx";
import { seenCertificates } from "./seen-certificates.ts";

interface FailurePageProps {
  params: Promise<{ failure: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: FailurePageProps): Promise<Metadata> {
  return { title: failureName(await readFailure((await params).failure)) };
}

const EVENTS_SHOWN = 20;

/** One failure: why, what to do, whose it is, what becomes of it, and every handshake with its lines. */
export default async function FailurePage({ params, searchParams }: FailurePageProps) {
  const actor = await requireActor();
  const here = installation();
  const id = (await params).failure;
  const query = await searchParams;
  const after = typeof query.after === "string" ? query.after : undefined;
  const path = `/failures/${encodeURIComponent(id)}`;
  const mark = await orNothingHere(failureMark(here, actor, id));
  const failure = await readFailure(id);
  const mayManage = isAllowed(actor, "failure:manage");
  const [{ events, next }, people, certificates] = await Promise.all([
    orFirstPage(path, () => listEvents(here, actor, id, { after, limit: EVENTS_SHOWN })),
    mayManage ? assignees(here, actor) : [],
    seenCertificates(actor, failure),
  ]);
  const { tone, word } = STATE_WORDS[failure.state];
  const where = failure.service ?? failure.proxy;
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Failures", href: "/failures" }]}
        title={causeTitle(failure.cause)}
        status={
          <>
            <Status tone={tone}>{word}</Status>
            <Badge>{certaintyWords(failure)}</Badge>
          </>
        }
        description={
          <span className="[overflow-wrap:anywhere]">
            {whoWords(failure)}
            {where !== null && ` at ${harmless(where.name)}`}
            {!mayManage && failure.assignee !== null && `, assigned to ${harmless(failure.assignee.name)}`}
          </span>
        }
        actions={
          <>
            <LiveList
              markHref={`/failures/mark?failure=${encodeURIComponent(id)}`}
              mark={mark}
              isLive
              otherHref={null}
            />
            <ShareLink path={path} />
            {mayManage && (
              <>
                <AssignMenu failure={failure} people={people} me={actor.id} assign={assign} />
                <StateButtons
                  failure={{ id, state: failure.state }}
                  actions={{ resolve, reopen, mute, unmute }}
                />
              </>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <FailureStanding failure={failure} />
        <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] xl:grid-rows-[auto_1fr]">
          <div className="flex min-w-0 flex-col gap-5">
            <FailureDiagnosis
              failure={failure}
              remedy={<RemedyPanel actor={actor} question={await questionOf(actor, failure)} />}
              owner={await clientOwner(actor, failure)}
              others={<SameCause actor={actor} failure={failure} />}
            />
          </div>
          <div className="flex min-w-0 flex-col gap-5 xl:row-span-2">
            <FailureFacts failure={failure} certificates={certificates} />
            <FailureHistory failure={failure} />
            <Elsewhere failure={failure} />
          </div>
          <EventList
            events={events}
            count={failure.count}
            cause={failure.cause}
            firstHref={path}
            isFirst={after === undefined}
            nextHref={next === null ? null : `${path}?after=${encodeURIComponent(next)}`}
          />
        </div>
      </div>
    </>
  );
}

/** What the button that mends it is about. A diagnosis that was too long to keep leaves the words of its cause. */
async function questionOf(actor: UserActor, failure: ShownFailure) {
  const { cause, certificateId, client, service, proxy, diagnosis } = failure;
  const { kind, bundle } =
    proxy === null
      ? { kind: "", bundle: "" }
      : await orNothingHere(getProxy(installation(), actor, proxy.slug));
  const software = Object.hasOwn(PARSERS, kind) ? (kind as LoggingProxy) : "nginx";
  return {
    action: diagnosis?.action ?? actionFor(cause, software, certificateId),
    ...{ cause, certificate: certificateId, client, service, bundle },
  };
}

/** Where else to look. */
function Elsewhere({ failure: { cause, client, proxy } }: { failure: ShownFailure }) {
  const all = readAddress({});
  return (
    <nav aria-label="Other failures" className="flex flex-wrap gap-2">
      {client !== null && (
        <ButtonLink href={failuresHref(all, { client: client.id })} size="sm">
          All of this client
        </ButtonLink>
      )}
      <ButtonLink href={failuresHref(all, { cause })} size="sm">
        All of this cause
      </ButtonLink>
      {proxy !== null && (
        <ButtonLink href={failuresHref(all, { proxy: proxy.slug })} size="sm">
          All at this proxy
        </ButtonLink>
      )}
    </nav>
  );
}
