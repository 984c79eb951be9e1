import { countsNow } from "#components/client/credential-words.ts";
import { REFUSAL_WORDS } from "#components/client/refusal-words.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { UNUSED_DAYS } from "#lib/access/client-state.ts";
import type { WholeClient } from "../read-client.ts";

interface ConcernsProps {
  client: WholeClient;
  now: Date;
  mayManage: boolean;
}

/** What somebody should know of a client before everything else. */
export function Concerns({ client, now, mayManage }: ConcernsProps) {
  const { id, state, statusSince, expiresAt, lastUsedAt, credentials, grants } = client;
  if (state === "retired") {
    return (
      <Notice tone="neutral" title="It is retired">
        It is to enter nowhere since <RelativeTime time={statusSince} />, for good. {REFUSAL_WORDS}
      </Notice>
    );
  }
  const counts = credentials.some((each) => countsNow(each, credentials, now));
  const isGranted = grants.some(
    ({ startsAt, endsAt }) => startsAt <= now && (endsAt === null || endsAt > now),
  );
  return (
    <>
      {state === "suspended" && (
        <Notice tone="critical" title="It is suspended">
          It is to enter nowhere since <RelativeTime time={statusSince} />, until somebody resumes it.{" "}
          {REFUSAL_WORDS} Its certificates stay valid elsewhere: to stop them everywhere, hold or revoke them.
        </Notice>
      )}
      {state === "expired" && expiresAt !== null && (
        <Notice
          tone="critical"
          title="Its time is over"
          actions={
            mayManage && (
              <ButtonLink href={`/clients/${id}/edit`} size="sm">
                Change its end
              </ButtonLink>
            )
          }
        >
          It is to enter nowhere since <RelativeTime time={expiresAt} />, whatever its certificate says.{" "}
          {REFUSAL_WORDS}
        </Notice>
      )}
      {state === "unused" && (
        <Notice tone="warn" title={`Nobody used it for ${UNUSED_DAYS} days`}>
          {lastUsedAt === null ? (
            "It was never let in anywhere."
          ) : (
            <>
              It was last let in <RelativeTime time={lastUsedAt} />.
            </>
          )}{" "}
          Suspend it: whoever needs it after all will say so, and it is resumed at a press.
        </Notice>
      )}
      {!counts && (
        <Notice tone="warn" title="Nothing proves it now">
          It is refused everywhere until it has a credential that counts.
        </Notice>
      )}
      {counts && !isGranted && (
        <Notice tone="info" title="It may call nothing now">
          It is refused everywhere until a service is granted to it.
        </Notice>
      )}
    </>
  );
}
