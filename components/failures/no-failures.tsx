import { FileText, ShieldCheck } from "lucide-react";
import {
  type FailureAddress,
  failuresHref,
  isNarrowed,
  withoutFilters,
} from "#components/failures/failure-address.ts";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

interface NoFailuresProps {
  address: FailureAddress;
  checkedAt: Date;
  /** Whether any proxy ever sent its log. */
  hasLogs: boolean;
  /** Muted failures under the same filters. */
  muted: number;
}

/** What stands in the place of a list without failures, and why it has none. */
export function NoFailures({ address, checkedAt, hasLogs, muted }: NoFailuresProps) {
  const checked = (
    <>
      Checked <AbsoluteTime time={checkedAt} />.
    </>
  );
  if (!hasLogs) {
    return (
      <EmptyState
        icon={<FileText />}
        title="No proxy has sent its log yet"
        description="Once proxies send their logs, each handshake that they refuse stands here: why, whose certificate it was, who must act, and the button that mends it."
        action={
          <>
            <ButtonLink href="/failures/logs" variant="primary">
              Let proxies send their logs
            </ButtonLink>
            <ButtonLink href="/failures/paste">Paste a log line</ButtonLink>
          </>
        }
      />
    );
  }
  if (address.after !== undefined) {
    return (
      <EmptyState
        title="These were all"
        description="Nothing fails less than what stood on the page before."
        action={<ButtonLink href={failuresHref(address)}>First page</ButtonLink>}
      />
    );
  }
  if (isNarrowed(address)) {
    return (
      <EmptyState
        title={`No ${address.state} failure is like that`}
        description={<>Other filters may show more. {checked}</>}
        action={<ButtonLink href={withoutFilters(address)}>Show all that are {address.state}</ButtonLink>}
      />
    );
  }
  if (address.state === "open") {
    return (
      <EmptyState
        icon={<ShieldCheck />}
        title="All clear"
        description={
          <>
            No handshake fails that is not muted or resolved. {checked}
            {muted > 0 &&
              ` ${muted === 1 ? "One failure is" : `${muted.toLocaleString("en")} failures are`} muted.`}
          </>
        }
        action={
          <>
            <ButtonLink href="/failures/logs">Whose logs come in</ButtonLink>
            {muted > 0 && (
              <ButtonLink href={failuresHref(address, { state: "muted" })}>What is muted</ButtonLink>
            )}
          </>
        }
      />
    );
  }
  return (
    <EmptyState
      title={address.state === "muted" ? "Nothing is muted" : "Nothing was resolved yet"}
      description={
        address.state === "muted"
          ? "What is known and cannot be mended now is kept out of sight here, until a time or until it gets worse."
          : "What people resolved stands here, and what resolved itself by a handshake that went well."
      }
      action={<ButtonLink href={failuresHref(address, { state: "open" })}>What is open</ButtonLink>}
    />
  );
}
