import { refusedBy } from "#components/service/refused-by.ts";
import type { ServiceDraft } from "#components/service/service-draft.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";

interface ServiceChangeNoticeProps {
  start: ServiceDraft;
  draft: ServiceDraft;
  /** Callers of it that nobody admitted yet; the last stands for it and more. */
  callersWaiting: number;
  /** Beyond which they are not counted. */
  countMax: number;
}

/** Says who gets in today and is refused once a service is saved; nothing when nobody is. */
export function ServiceChangeNotice({ start, draft, callersWaiting, countMax }: ServiceChangeNoticeProps) {
  const refused = refusedBy(start, draft);
  const endsLearning = start.unknownClients === "learn" && draft.unknownClients === "refuse";
  if (refused.length === 0 && !(endsLearning && callersWaiting > 0)) return null;
  const count =
    callersWaiting > countMax
      ? `More than ${countMax.toLocaleString("en")}`
      : callersWaiting.toLocaleString("en");
  return (
    <>
      {endsLearning && callersWaiting > 0 && (
        <Notice
          tone="warn"
          title={`${count} ${callersWaiting === 1 ? "caller that waits is" : "callers that wait are"} refused from then on`}
          announce
          actions={
            <ButtonLink href={`/clients/callers?service=${start.slug}`} size="sm">
              Look at them
            </ButtonLink>
          }
        >
          They get in now, because the service learns. Admit first those that belong here.
        </Notice>
      )}
      {refused.length > 0 && (
        <Notice tone="warn" title="Clients that get in now may be refused" announce>
          {refused.join(" ")}
        </Notice>
      )}
    </>
  );
}
