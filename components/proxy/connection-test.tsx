"use client";

import { Radio } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { reasonWords } from "#components/access/decision-words.ts";
import { arrivalSince } from "#components/proxy/arrival-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { Status } from "#components/ui/status.tsx";
import type { ProxyArrivals } from "#lib/access/proxy-arrivals.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface ConnectionTestProps {
  /** Short name of the proxy. */
  slug: string;
  look: (input: { slug: string }) => Promise<ActionResult<ProxyArrivals> | undefined>;
}

const PAUSE_MS = 2_000;
/** Nobody waits longer; a press looks on. */
const LOOKS_MAX = 150;

/** Says what arrived from a proxy, and looks again every two seconds while somebody waits. */
export function ConnectionTest({ slug, look }: ConnectionTestProps) {
  const [isLooking, setIsLooking] = useState(false);
  const [seen, setSeen] = useState<ProxyArrivals>();
  const [since, setSince] = useState<Date>();
  const [refusal, setRefusal] = useState<string>();
  const looks = useRef(0);

  useEffect(() => {
    if (!isLooking) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const result = await look({ slug }).catch(() => undefined);
      if (!current) return;
      const refused = result?.data === undefined;
      setRefusal(refused ? (refusalOf(result)?.message ?? "The server did not answer.") : undefined);
      if (result?.data !== undefined) {
        const { data } = result;
        setSeen(data);
        // By the clock of the server, which wrote the other times too.
        setSince((before) => before ?? data.at);
      }
      looks.current += 1;
      if (refused || looks.current >= LOOKS_MAX) setIsLooking(false);
      else timer = setTimeout(ask, PAUSE_MS);
    };
    void ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [isLooking, look, slug]);

  const toggle = () => {
    looks.current = 0;
    if (!isLooking) setSince(undefined);
    setIsLooking(!isLooking);
  };

  return (
    <Card
      title="Test the connection"
      description="Reload the proxy, call a service through it, and see here what arrived. Use is written every few seconds."
      actions={
        <Button size="sm" icon={<Radio aria-hidden />} onClick={toggle}>
          {isLooking ? "Stop" : "Test the connection"}
        </Button>
      }
    >
      <div aria-live="polite" className="flex flex-col gap-3">
        {refusal !== undefined && <Notice tone="critical">{refusal}</Notice>}
        {isLooking && (
          <p className="flex items-center gap-2 text-muted">
            <Spinner /> Waiting for what arrives…
          </p>
        )}
        {seen !== undefined && since !== undefined && <Arrived seen={seen} since={since} />}
      </div>
    </Card>
  );
}

function arrivedWords(isAsked: boolean, isFetched: boolean): string {
  if (isAsked && isFetched) return "asked, and fetched a list";
  if (isAsked) return "asked";
  return isFetched ? "fetched a list" : "reached this server";
}

function Arrived({ seen, since }: { seen: ProxyArrivals; since: Date }) {
  const { lastSeenAt, lastSeenFrom, decisions, callers, files } = seen;
  const { isSeen, isAsked, isFetched } = arrivalSince(seen, since);
  if (lastSeenAt === null && decisions.length === 0 && files.length === 0) {
    return (
      <Notice tone="info" title="Nothing arrived yet">
        Either the proxy was not reloaded, or it does not reach this server, or its token is not the one that
        was made for it: with a wrong one it is answered 401, and nobody knows who it was.
      </Notice>
    );
  }
  return (
    <>
      <Notice
        tone={isSeen ? "ok" : "info"}
        title={isSeen ? `It arrives: it ${arrivedWords(isAsked, isFetched)}` : "Nothing since you pressed"}
      >
        {lastSeenAt !== null && (
          <>
            Last seen <RelativeTime time={lastSeenAt} />
            {lastSeenFrom !== null && ` from ${harmless(lastSeenFrom)}`}.{" "}
          </>
        )}
        {decisions.length === 0 && files.length === 0 && "Nobody called a service through it lately."}
      </Notice>
      {files.length > 0 && (
        <ul aria-label="Allowlists that were fetched" className="divide-y divide-line">
          {files.map((file) => (
            <li key={`${file.service.slug} ${file.format}`} className="py-1.5">
              Fetched version {file.fetchedVersion.toLocaleString("en")} of {file.service.slug} ({file.format}
              ) <RelativeTime time={file.fetchedAt} />
            </li>
          ))}
        </ul>
      )}
      {decisions.length > 0 && (
        <ul aria-label="Who came in this hour and the one before" className="divide-y divide-line">
          {decisions.map(({ client, service, permitted, refused, lastAt }) => (
            <li
              key={`${client?.id} ${service.slug} ${lastAt.getTime()}`}
              className="grid gap-x-4 py-1.5 sm:grid-cols-[minmax(0,1fr)_12rem_8rem]"
            >
              <span className="min-w-0 break-words">
                {client === null ? (
                  "Somebody who is not known"
                ) : (
                  <Link href={`/clients/${client.id}`} prefetch={false} className="text-link">
                    {harmless(client.name)}
                  </Link>
                )}{" "}
                <span className="text-muted">at {harmless(service.name)}</span>
              </span>
              <Status tone={refused > 0 ? "warn" : "ok"}>
                {permitted.toLocaleString("en")} let in, {refused.toLocaleString("en")} refused
              </Status>
              <span className="text-muted">
                <RelativeTime time={lastAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {callers.length > 0 && (
        <ul aria-label="Callers that are not admitted" className="divide-y divide-line">
          {callers.map((caller) => (
            <li key={`${caller.sha256} ${caller.service.slug}`} className="py-1.5">
              {harmless(caller.displayName)}:{" "}
              <span className="text-muted">{reasonWords(caller.reason).title}</span>.{" "}
              <Link
                href={`/clients/callers?service=${caller.service.slug}`}
                prefetch={false}
                className="text-link"
              >
                Admit it
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
