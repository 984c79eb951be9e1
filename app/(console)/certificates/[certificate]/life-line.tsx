import Link from "next/link";
import type { ReactNode } from "react";
import { certificateState } from "#components/certificate/certificate-state.ts";
import { RiskNotices } from "#components/certificate/risk-notices.tsx";
import { Card } from "#components/ui/card.tsx";
import { LifeBar } from "#components/ui/life-bar.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { absoluteTime } from "#components/ui/time-format.ts";
import { renewalTime } from "#lib/authority/renewal-time.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";

/** How much life is left, when to renew, and what to do when that is now. */
export function LifeLine({ certificate, now }: { certificate: CertificateDetail; now: Date }) {
  const { notBefore, notAfter } = certificate;
  const { tone } = certificateState(certificate, now);
  return (
    <>
      <WhatToDo certificate={certificate} now={now} />
      <RiskNotices risks={certificate.risks} />
      <Card>
        <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-3">
          <Instant term="Valid from" time={notBefore} />
          <Instant term="Renew from" time={renewalTime(notBefore, notAfter)} />
          <Instant term={notAfter <= now ? "Expired" : "Expires"} time={notAfter} />
        </dl>
        <LifeBar
          notBefore={notBefore}
          notAfter={notAfter}
          now={now}
          tone={tone === "info" ? "neutral" : tone}
          className="mt-4 block! w-full!"
        />
      </Card>
    </>
  );
}

function Instant({ term, time }: { term: string; time: Date }) {
  return (
    <div>
      <dt className="text-muted text-sm">{term}</dt>
      <dd>
        <span className="block font-semibold text-lg">
          <RelativeTime time={time} />
        </span>
        <span className="block text-muted text-sm">{absoluteTime(time)}</span>
      </dd>
    </div>
  );
}

function WhatToDo({ certificate, now }: { certificate: CertificateDetail; now: Date }): ReactNode {
  const { status, tone } = certificateState(certificate, now);
  const { successor } = certificate;
  if (successor !== null) {
    return (
      <Notice
        tone="info"
        title={`Renewed by ${successor.requestedBy} on ${absoluteTime(successor.createdAt)}`}
      >
        Its successor has the serial number{" "}
        <Link href={`/certificates/${successor.id}`} prefetch={false} className="text-link">
          <span className="break-all font-mono">{successor.serial}</span>
        </Link>
        .{" "}
        {status === "expired"
          ? "This one has expired."
          : certificate.revocation === null && "This one stays valid until it expires, for the change-over."}
      </Notice>
    );
  }
  switch (status) {
    case "expired":
      return (
        <Notice tone="critical" title="It has expired, and nothing has replaced it">
          Relying parties refuse it. Renew it and install the new certificate, or leave it when it is no
          longer in use.
        </Notice>
      );
    case "due":
      return tone === "critical" ? (
        <Notice tone="critical" title="It expires soon, and nothing has replaced it">
          Nine tenths of its life are over. Renew it now: the old and the new one both work meanwhile.
        </Notice>
      ) : (
        <Notice tone="warn" title="Its renewal is due">
          Two thirds of its life are over. Renewed now, there is time to install the new one in peace.
        </Notice>
      );
    default:
      return null;
  }
}
