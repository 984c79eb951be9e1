import { Download } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { CrlLife } from "#components/revocation/crl-life.tsx";
import { type CrlFacts, crlStateInWords, sizeInWords } from "#components/revocation/crl-words.ts";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";

/** The CRL of an authority, and what answers OCSP for it. */
export interface PublishedRevocation extends CrlFacts {
  slug: string;
  name: string;
  /** As text: it may be larger than a number that JavaScript counts with. */
  number: string;
  entries: number;
  /** Whether another program revoked for the authority before it came here. */
  isImported: boolean;
  /** Bytes. */
  size: number;
  thisUpdate: Date | null;
  /** Where it is fetched, as new certificates say. */
  address: string;
  /** When anybody fetched it last: by itself, and in the bundle with those above it. */
  fetched: { crl: Date | null; bundle: Date | null };
  responder: { notAfter: Date; renewAt: Date } | null;
}

interface CrlCardProps {
  crl: PublishedRevocation;
  now: Date;
  /** Where the list of revocations is narrowed to this authority. */
  entriesHref: string;
  /** Further facts: the figures of OCSP. */
  figures: ReactNode;
  /** "As a verifier sees it". */
  verifier: ReactNode;
}

/** How revocation of one authority's certificates is published. */
export function CrlCard({ crl, now, entriesHref, figures, verifier }: CrlCardProps) {
  const { tone, word, meaning, fix } = crlStateInWords(crl, now);
  return (
    <article id={crl.slug} aria-label={crl.name} className="min-w-0 scroll-mt-20">
      <Card
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Link href={`/authorities/${crl.slug}`} prefetch={false} className="break-words hover:underline">
              {harmless(crl.name)}
            </Link>
            <span className="font-normal text-base">
              <Status tone={tone}>{word}</Status>
            </span>
          </span>
        }
        actions={
          crl.thisUpdate !== null && (
            <a href={crl.address} className={buttonStyle("secondary", "sm")} rel="noreferrer">
              <Download aria-hidden />
              CRL
            </a>
          )
        }
      >
        <div className="flex flex-col gap-4">
          {fix !== null && (
            <Notice tone={tone} title={meaning}>
              {crl.failingSince !== null && (
                <p>
                  Publishing fails since <RelativeTime time={crl.failingSince} show="both" />:{" "}
                  <span className="font-medium">{harmless(crl.failure)}</span>
                </p>
              )}
              <p>{fix}</p>
            </Notice>
          )}
          {crl.thisUpdate !== null && crl.nextUpdate !== null && (
            <CrlLife thisUpdate={crl.thisUpdate} nextUpdate={crl.nextUpdate} now={now} tone={tone} />
          )}
          <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 xl:grid-cols-5">
            <Figure term="CRL number">
              <span className="break-all font-mono">{crl.thisUpdate === null ? "none" : crl.number}</span>
            </Figure>
            <Figure term="Entries">
              <Link href={entriesHref} prefetch={false} className="inline-block min-h-6 min-w-6 text-link">
                {crl.entries.toLocaleString("en")}
              </Link>
            </Figure>
            <Figure term="Size">{sizeInWords(crl.size)}</Figure>
            <Figure term="Waiting changes">
              {crl.pendingSince === null ? (
                "none"
              ) : (
                <>
                  since <RelativeTime time={crl.pendingSince} />
                </>
              )}
            </Figure>
            <Figure term="Last fetched">
              <LastFetched fetched={crl.fetched} />
            </Figure>
            {figures}
            <Figure term="OCSP responder">
              <Responder responder={crl.responder} now={now} />
            </Figure>
          </dl>
          {crl.isImported && (
            <p className="text-muted text-sm">
              Imported with its key: what its former software revoked is on this list only as far as those
              certificates are in the inventory and were revoked here, too.
            </p>
          )}
          {verifier}
        </div>
      </Card>
    </article>
  );
}

/** One fact of a card. */
export function Figure({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-sm">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function LastFetched({ fetched: { crl, bundle } }: Pick<PublishedRevocation, "fetched">) {
  if (crl === null && bundle === null) return <span className="text-muted">by nobody yet</span>;
  return (
    <>
      {crl !== null && (
        <span className="block">
          <RelativeTime time={crl} /> <span className="text-muted">.crl</span>
        </span>
      )}
      {bundle !== null && (
        <span className="block">
          <RelativeTime time={bundle} /> <span className="text-muted">.pem</span>
        </span>
      )}
    </>
  );
}

function Responder({ responder, now }: { responder: PublishedRevocation["responder"]; now: Date }) {
  if (responder === null) return <span className="text-muted">not made yet</span>;
  const { notAfter, renewAt } = responder;
  if (notAfter <= now) {
    return (
      <Status tone="critical" detail={<RelativeTime time={notAfter} />}>
        expired
      </Status>
    );
  }
  if (renewAt <= now) {
    return (
      <Status tone="warn" detail={<RelativeTime time={notAfter} />}>
        not renewed, ends
      </Status>
    );
  }
  return (
    <>
      ends <RelativeTime time={notAfter} />
    </>
  );
}
