import Link from "next/link";
import type { ReactNode } from "react";
import { Figure } from "#components/revocation/crl-card.tsx";
import { CrlLife } from "#components/revocation/crl-life.tsx";
import { sizeInWords } from "#components/revocation/crl-words.ts";
import { SOURCE_STATES } from "#components/revocation/source-words.ts";
import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";

/** A foreign CRL as the screen shows it. */
export interface ShownSource {
  id: string;
  name: string;
  issuerName: string;
  certificateId: string;
  /** Empty when it is uploaded. */
  url: string;
  state: keyof typeof SOURCE_STATES;
  /** As text; null when the list has none. */
  number: string | null;
  entries: number;
  /** Bytes. */
  size: number;
  thisUpdate: Date | null;
  nextUpdate: Date | null;
  fetchedAt: Date | null;
  fetchAt: Date | null;
  failingSince: Date | null;
  failure: string;
  /** Certificates here that are revoked or held because of it. */
  revocations: number;
  version: number;
}

/** The CRL of an authority whose key is not here. */
export function SourceCard({ source, now, actions }: { source: ShownSource; now: Date; actions: ReactNode }) {
  const { tone, word, meaning } = SOURCE_STATES[source.state];
  return (
    <article id={source.id} aria-label={source.name} className="min-w-0 scroll-mt-20">
      <Card
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="break-words">{harmless(source.name)}</span>
            <span className="font-normal text-base">
              <Status tone={tone}>{word}</Status>
            </span>
          </span>
        }
        description={
          <span className="break-words">
            Signed by{" "}
            <Link href={`/certificates/${source.certificateId}`} prefetch={false} className="text-link">
              {harmless(source.issuerName)}
            </Link>
          </span>
        }
        actions={actions}
      >
        <div className="flex flex-col gap-4">
          {meaning !== null && (
            <Notice tone={tone} title={meaning}>
              {source.failingSince !== null && (
                <>
                  Fetching fails since <RelativeTime time={source.failingSince} show="both" />:{" "}
                  <span className="font-medium">{harmless(source.failure)}</span>
                </>
              )}
            </Notice>
          )}
          {source.thisUpdate !== null && (
            <CrlLife thisUpdate={source.thisUpdate} nextUpdate={source.nextUpdate} now={now} tone={tone} />
          )}
          <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 xl:grid-cols-6">
            <Figure term="CRL number">
              <span className="break-all font-mono">{source.number ?? "none"}</span>
            </Figure>
            <Figure term="Entries">{source.entries.toLocaleString("en")}</Figure>
            <Figure term="Size">{sizeInWords(source.size)}</Figure>
            <Figure term="Revoked here by it">{source.revocations.toLocaleString("en")}</Figure>
            <Figure term={source.url === "" ? "Uploaded" : "Last fetched"}>
              {source.fetchedAt === null ? (
                source.url === "" ? (
                  "by hand"
                ) : (
                  "never"
                )
              ) : (
                <RelativeTime time={source.fetchedAt} />
              )}
            </Figure>
            <Figure term="Next fetch">
              {source.fetchAt === null ? "none: it is uploaded" : <RelativeTime time={source.fetchAt} />}
            </Figure>
          </dl>
          {source.url !== "" && (
            <p className="break-all text-sm">
              <span className="text-muted">Followed from</span>{" "}
              <span className="font-mono">{harmless(source.url)}</span>
            </p>
          )}
        </div>
      </Card>
    </article>
  );
}
