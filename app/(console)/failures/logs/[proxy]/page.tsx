import type { Metadata } from "next";
import Link from "next/link";
import { cache } from "react";
import { LogFigures } from "#components/failures/log-figures.tsx";
import { LogFindings } from "#components/failures/log-findings.tsx";
import { logStatus } from "#components/failures/log-words.ts";
import { NotUnderstoodCard } from "#components/failures/not-understood-card.tsx";
import { RecommendedLogging } from "#components/failures/recommended-logging.tsx";
import { ShippingParts } from "#components/failures/shipping-parts.tsx";
import { softwareName } from "#components/failures/software-names.ts";
import { LoopbackNotice } from "#components/proxy/loopback-notice.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { Status } from "#components/ui/status.tsx";
import { TAB, TAB_BAR } from "#components/ui/tab-style.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { type LogRecord, lateMisfit } from "#lib/handshake/log-findings.ts";
import type { LoggingProxy } from "#lib/handshake/observation.ts";
import { PARSERS } from "#lib/handshake/parsers.ts";
import { getProxyLog } from "#lib/handshake/proxy-logs.ts";
import { recommendedLogging } from "#lib/handshake/recommended-logging.ts";
import { SHIPPING_PROGRAMS, type ShippingProgram } from "#lib/handshake/shipping/shipping-configuration.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { writtenShipping } from "../shipping.ts";

const readLog = cache(async (slug: string) =>
  orNothingHere(getProxyLog(installation(), await requireActor(), slug)),
);

interface ProxyLogPageProps {
  params: Promise<{ proxy: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: ProxyLogPageProps): Promise<Metadata> {
  return { title: `Log of ${harmless((await readLog((await params).proxy)).proxy.name)}` };
}

/**
 * The log of one proxy: what is wrong with it, what to set (`?as=` which software), how to send it (`?by=` which program),
 * and what came.
 */
export default async function ProxyLogPage({ params, searchParams }: ProxyLogPageProps) {
  const actor = await requireActor();
  const here = installation();
  const { proxy, record, findings, notUnderstood } = await readLog((await params).proxy);
  const { by, as } = await searchParams;
  const program = programOf(by);
  const kind: LoggingProxy = Object.hasOwn(PARSERS, proxy.kind) ? (proxy.kind as LoggingProxy) : "nginx";
  const offered = [kind, ...KINDLESS];
  const software = offered.find((each) => each === as) ?? kindlessOf(record) ?? kind;
  const shipping = await writtenShipping(here, actor, program, { proxy: proxy.slug, software });
  const { tone, word } = logStatus(findings);
  const path = `/failures/logs/${proxy.slug}`;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Failures", href: "/failures" },
          { label: "Logs of proxies", href: "/failures/logs" },
        ]}
        title={harmless(proxy.name)}
        status={<Status tone={tone}>{word}</Status>}
        actions={
          <>
            <ButtonLink href={`/failures/paste?proxy=${proxy.slug}`}>Paste a line of it</ButtonLink>
            <ButtonLink href={`/proxies/${proxy.slug}`}>Open the proxy</ButtonLink>
          </>
        }
      />
      <div className="flex min-w-0 flex-col gap-5">
        <LogFindings findings={findings} />
        {record !== null && <LogFigures record={record} />}
        <NotUnderstoodCard lines={notUnderstood} />
        <nav aria-label="Of which software" className={TAB_BAR}>
          {offered.map((each) => (
            <Link
              key={each}
              href={`${path}?${new URLSearchParams({ as: each, by: program })}`}
              prefetch={false}
              scroll={false}
              aria-current={each === software ? "page" : undefined}
              className={TAB}
            >
              {softwareName(each)}
            </Link>
          ))}
        </nav>
        <RecommendedLogging
          software={software}
          version={proxy.software}
          settings={recommendedLogging(software, proxy.software === "" ? null : proxy.software)}
          changeHref={isAllowed(actor, "service:manage") ? `/proxies/${proxy.slug}/edit` : undefined}
        />
        <Card
          title="How to send it"
          description="On the proxy's machine. Below each way stands what it promises, and what it cannot do."
        >
          <div className="flex min-w-0 flex-col gap-4">
            <nav aria-label="By which program" className={TAB_BAR}>
              {Object.entries(SHIPPING_PROGRAMS).map(([each, label]) => (
                <Link
                  key={each}
                  href={`${path}?${new URLSearchParams({ as: software, by: each })}`}
                  prefetch={false}
                  scroll={false}
                  aria-current={each === program ? "page" : undefined}
                  className={TAB}
                >
                  {label}
                </Link>
              ))}
            </nav>
            <LoopbackNotice url={here.config.protocolUrl} />
            {shipping === null ? (
              <Notice tone="warn" title="This instance takes no syslog yet">
                Set <span className="font-mono">COUNTERSIGN_SYSLOG_PORT</span>, as 6514, and start it anew; or
                send the log by another program.
              </Notice>
            ) : (
              <ShippingParts shipping={shipping} proxy={proxy.slug} />
            )}
          </div>
        </Card>
      </div>
    </>
  );
}

/** Software whose logs are read, and that no kind of proxy stands for. */
const KINDLESS: readonly LoggingProxy[] = ["nginx-stream", "stunnel"];

/** Whose lines they were, where that is one of those. */
function kindlessOf(record: LogRecord | null): LoggingProxy | undefined {
  const late = record === null ? null : lateMisfit(record);
  return KINDLESS.find((each) => each === late);
}

function programOf(asked: string | string[] | undefined): ShippingProgram {
  return typeof asked === "string" && Object.hasOwn(SHIPPING_PROGRAMS, asked)
    ? (asked as ShippingProgram)
    : "script";
}
