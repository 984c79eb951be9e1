import Link from "next/link";
import type { ReactNode } from "react";
import type { Consequences, RevocableCertificate } from "#components/revocation/revocation-dialog-facts.ts";
import { classNames } from "#components/ui/class-names.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TONES, type Tone } from "#components/ui/tone.ts";

interface ConsequencesBoxProps {
  certificate: RevocableCertificate;
  consequences: Consequences;
}

/** What breaks when a certificate is refused: who used it, what falls with it, and what takes its place. */
export function ConsequencesBox({ certificate, consequences }: ConsequencesBoxProps) {
  return (
    <section aria-label="What will break" className="rounded-md border border-line bg-sunken p-3">
      <h3 className="font-medium">What will break</h3>
      <ul className="mt-1.5 flex flex-col gap-1.5">
        {consequences.isAuthority && <Below count={consequences.liveBelow} />}
        <LastSeen consequences={consequences} />
        <Replacement certificate={certificate} consequences={consequences} />
      </ul>
    </section>
  );
}

function Below({ count }: { count: number }) {
  if (count === 0) return <Line tone="neutral">No certificate below it is still valid.</Line>;
  return (
    <Line tone="critical">
      <strong className="font-semibold">
        {count.toLocaleString("en")} live {count === 1 ? "certificate falls" : "certificates fall"} with it:
      </strong>{" "}
      verifiers that check the whole chain refuse {count === 1 ? "it" : "all of them"}.
    </Line>
  );
}

function LastSeen({
  consequences: { lastSeenAt, lastSeenWhere, isAuthority },
}: {
  consequences: Consequences;
}) {
  if (lastSeenAt === null) {
    return (
      <Line tone="info">
        Nobody knows who uses it: no proxy has told this installation of a handshake with it yet.
        {!isAuthority && " Ask its owner, or look into the logs of what it connects to."}
      </Line>
    );
  }
  return (
    <Line tone="warn">
      In use <RelativeTime time={lastSeenAt} />
      {lastSeenWhere !== null && <> at {harmless(lastSeenWhere)}</>}: that connection is refused from then on.
    </Line>
  );
}

function Replacement({ certificate, consequences: { successor, isAuthority } }: ConsequencesBoxProps) {
  if (successor !== null) {
    return (
      <Line tone="ok">
        It has a{" "}
        <Link href={`/certificates/${successor.id}`} prefetch={false} className="text-link">
          successor
        </Link>
        , which ends <RelativeTime time={successor.notAfter} />. Make sure that it is installed.
      </Line>
    );
  }
  if (isAuthority) {
    return (
      <Line tone="warn">
        Nothing replaces it.{" "}
        <Link href="/authorities/new" prefetch={false} className="text-link">
          Create another authority
        </Link>{" "}
        and issue anew from it first, if there is time for that.
      </Line>
    );
  }
  return (
    <Line tone="warn">
      Nothing replaces it.{" "}
      {certificate.renewable && (
        <Link href={`/certificates/new?replaces=${certificate.id}`} prefetch={false} className="text-link">
          Issue its successor with a new key
        </Link>
      )}
      {certificate.renewable && " first, if there is time for that."}
    </Line>
  );
}

function Line({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { icon: Icon, text } = TONES[tone];
  return (
    <li className="flex items-start gap-2">
      <Icon aria-hidden className={classNames("mt-0.5 size-4 shrink-0", text)} />
      <span className="min-w-0 break-words">{children}</span>
    </li>
  );
}
