import Link from "next/link";
import type { ReactNode } from "react";
import { AwaitPublication } from "#components/revocation/await-publication.tsx";
import { spanInWords } from "#components/revocation/publication-words.ts";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";

interface RevocationBannerProps {
  revocation: {
    reason: RevocationReason;
    revokedAt: Date;
    invalidAt: Date | null;
    comment: string;
    requestedBy: string;
    publishedAt: Date | null;
    source: { id: string; name: string } | null;
  };
  /** Where the CRL is that says so; null when a foreign one does. */
  authority: { slug: string; name: string } | null;
  /** Release and revoke. */
  actions: ReactNode;
}

/** That a certificate is refused, why and since when, and whether verifiers can know. */
export function RevocationBanner({ revocation, authority, actions }: RevocationBannerProps) {
  const { reason, revokedAt, invalidAt, comment, requestedBy, source } = revocation;
  const isHeld = reason === "certificateHold";
  const { title, meaning } = REVOCATION_REASONS[reason];
  return (
    <Notice
      tone={isHeld ? "warn" : "critical"}
      title={isHeld ? "On hold: verifiers refuse it" : `Revoked for good: ${title.toLowerCase()}`}
      actions={actions}
    >
      {!isHeld && <p>{meaning}</p>}
      <dl className="mt-2 grid gap-x-6 gap-y-1.5 sm:grid-cols-[auto_minmax(0,1fr)]">
        <Fact term={isHeld ? "Held" : "Revoked"}>
          <RelativeTime time={revokedAt} show="both" />
          {source === null && <>, by {harmless(requestedBy)}</>}
        </Fact>
        {invalidAt !== null && (
          <Fact term="Compromised since">
            <RelativeTime time={invalidAt} show="both" />
          </Fact>
        )}
        {comment !== "" && (
          <Fact term="Comment">
            <span className="whitespace-pre-wrap">{harmless(comment)}</span>
          </Fact>
        )}
        <Fact term="Known to verifiers">
          {source !== null ? (
            <>
              the foreign CRL{" "}
              <Link href="/revocation/sources" prefetch={false} className="text-link">
                {harmless(source.name)}
              </Link>{" "}
              says so
            </>
          ) : (
            <Published revocation={revocation} authority={authority} />
          )}
        </Fact>
      </dl>
    </Notice>
  );
}

function Published({
  revocation: { revokedAt, publishedAt },
  authority,
}: Pick<RevocationBannerProps, "revocation" | "authority">) {
  const list =
    authority === null ? (
      "the CRL"
    ) : (
      <>
        the CRL of{" "}
        <Link href={`/revocation#${authority.slug}`} prefetch={false} className="text-link">
          {authority.name}
        </Link>
      </>
    );
  if (publishedAt === null) {
    return (
      <>
        by OCSP; {list} follows within seconds
        <AwaitPublication />
      </>
    );
  }
  return (
    <>
      by OCSP, and by {list} since <AbsoluteTime time={publishedAt} />,{" "}
      {spanInWords(publishedAt.getTime() - revokedAt.getTime())} after it
    </>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0 break-words max-sm:mb-1">{children}</dd>
    </div>
  );
}
