import { paceWords, rateWords } from "#components/failures/failure-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ShownFailure } from "#lib/handshake/failure-read.ts";

/** What somebody should know of a failure that is not simply open: that it came back, is muted, or is over and why. */
export function FailureStanding({ failure }: { failure: ShownFailure }) {
  const { state, stateBy } = failure;
  if (state === "resolved") return <Resolved failure={failure} />;
  if (state === "muted") return <Muted failure={failure} />;
  return stateBy === "traffic" ? <ComeBack failure={failure} /> : null;
}

function Resolved({ failure: { stateBy, stateSince, changes } }: { failure: ShownFailure }) {
  const change = changes.find(({ what }) => what === "resolved");
  const isByItself = stateBy === "handshake";
  const who = change === undefined || change.actorName === "" ? "Somebody" : harmless(change.actorName);
  return (
    <Notice tone="ok" title={isByItself ? "It resolved itself" : "It is resolved"}>
      {isByItself ? harmless(change?.why || "A handshake went well.") : `${who} resolved it.`} That was{" "}
      <RelativeTime time={stateSince} />. It is opened again if it happens again.
    </Notice>
  );
}

function Muted({ failure: { muteUntil, muteRate, rate } }: { failure: ShownFailure }) {
  return (
    <Notice tone="neutral" title="It is muted">
      {muteUntil !== null && (
        <>
          It comes back <RelativeTime time={muteUntil} show="both" />
          {muteRate === null ? ". " : ", or sooner when it gets worse. "}
        </>
      )}
      {muteUntil === null && "It comes back when it gets worse. "}
      {muteRate !== null && `When it was muted it was ${paceWords(muteRate)}; it is ${rateWords(rate)}.`}
    </Notice>
  );
}

function ComeBack({ failure: { regressions, stateSince, changes } }: { failure: ShownFailure }) {
  const change = changes.find(({ what }) => what === "reopened" || what === "unmuted");
  return (
    <Notice tone="warn" title={change?.what === "unmuted" ? "It is not muted any more" : "It came back"}>
      {change !== undefined && harmless(change.why)} That was <RelativeTime time={stateSince} />.
      {regressions > 1 && ` It came back ${regressions} times in all.`}
    </Notice>
  );
}
