import { FileCode, Pencil, ScrollText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { logStatus } from "#components/failures/log-words.ts";
import { AddressCard } from "#components/proxy/address-card.tsx";
import { ConnectionTest } from "#components/proxy/connection-test.tsx";
import { LoadedBundle } from "#components/proxy/loaded-bundle.tsx";
import { PROXY_KIND_NAMES, proxyState } from "#components/proxy/proxy-words.ts";
import { ReachCard } from "#components/proxy/reach-card.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { ListedProxy } from "#lib/access/proxy-read.ts";
import { bundleNames, type NamedBundle } from "#lib/authority/named-bundles.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { getProxyLog } from "#lib/handshake/proxy-logs.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { OwnFailuresPanel } from "../../failures/own-panel.tsx";
import { lookAtArrivals } from "../actions.ts";
import { readProxy } from "../read-proxy.ts";
import { ForgetFile } from "./forget-file.tsx";
import { ProxyRetirement } from "./proxy-retirement.tsx";
import { TokenReplacement } from "./token-replacement.tsx";

interface ProxyPageProps {
  params: Promise<{ proxy: string }>;
}

export async function generateMetadata({ params }: ProxyPageProps): Promise<Metadata> {
  return { title: harmless((await readProxy((await params).proxy)).name) };
}

/** One proxy: whether it is there, whence it asks, and how a revocation reaches it. */
export default async function ProxyPage({ params }: ProxyPageProps) {
  const actor = await requireActor();
  const proxy = await readProxy((await params).proxy);
  const here = installation();
  const now = here.clock.now();
  const isActive = proxy.status === "active";
  const mayManage = isActive && isAllowed(actor, "service:manage");
  const { tone, word } = proxyState(proxy, now);
  const log = isActive ? logStatus((await getProxyLog(here, actor, proxy.id)).findings) : null;
  const { id, version, slug, name, services } = proxy;
  const files = proxy.files.map(({ service }) => ({ service }));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Proxies", href: "/proxies" }]}
        title={harmless(name)}
        status={<Status tone={tone}>{word}</Status>}
        actions={
          <>
            {isAllowed(actor, "audit:read") && (
              <ButtonLink href={`/audit?object=proxy:${id}`} icon={<ScrollText aria-hidden />}>
                History
              </ButtonLink>
            )}
            {mayManage && (
              <>
                <ProxyRetirement proxy={{ id, version, slug, name, services, files }} />
                <TokenReplacement proxy={{ id, version, name, services, files }} />
                <ButtonLink href={`/proxies/${slug}/configuration`} icon={<FileCode aria-hidden />}>
                  Configuration
                </ButtonLink>
                <ButtonLink href={`/proxies/${slug}/edit`} icon={<Pencil aria-hidden />}>
                  Change
                </ButtonLink>
              </>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <SeveralPlaces addresses={proxy.addresses} />
        {isActive && <ConnectionTest slug={slug} look={lookAtArrivals} />}
        <OwnFailuresPanel actor={actor} of="proxy" reference={slug} />
        <ReachCard
          proxy={proxy}
          now={now}
          forgetOf={
            mayManage
              ? (serviceId) => {
                  const file = proxy.files.find(({ service }) => service.id === serviceId);
                  return file && <ForgetFile proxy={{ id, name }} service={file.service} />;
                }
              : undefined
          }
        />
        <div className="grid items-start gap-5 xl:grid-cols-2">
          <ProxyFacts
            proxy={proxy}
            bundle={(await bundleNames(here, actor)).find((each) => each.slug === proxy.bundle)}
            log={log}
          />
          <AddressCard addresses={proxy.addresses} />
        </div>
      </div>
    </>
  );
}

/** A token that comes from two places was perhaps copied; two machines behind one name look the same. */
function SeveralPlaces({ addresses }: Pick<ListedProxy, "addresses">) {
  if (addresses.length < 2) return null;
  return (
    <Notice tone="warn" title={`Its token came from ${addresses.length} places within a day`}>
      That is right when several machines share it, or its address changed. Otherwise somebody copied the
      token: replace it, and connect each machine as a proxy of its own.
    </Notice>
  );
}

interface ProxyFactsProps {
  proxy: ListedProxy;
  bundle: NamedBundle | undefined;
  /** How good its log is; null for one that is retired. */
  log: ReturnType<typeof logStatus> | null;
}

function ProxyFacts({ proxy, bundle, log }: ProxyFactsProps) {
  return (
    <Card title="Facts">
      <DescriptionList>
        <Description term="Kind">{PROXY_KIND_NAMES[proxy.kind as ProxyKind] ?? proxy.kind}</Description>
        <Description term="Short name">
          <span className="break-all font-mono">{proxy.slug}</span>
        </Description>
        <Description term="In front of">
          {proxy.services.map(({ id, slug, name }, index) => (
            <span key={id}>
              {index > 0 && ", "}
              <Link href={`/services/${slug}`} prefetch={false} className="text-link">
                {harmless(name)}
              </Link>
            </span>
          ))}
        </Description>
        <Description term="Passes certificates in">
          <span className="break-all font-mono">{proxy.header}</span>
        </Description>
        <Description term="Token">
          <span className="font-mono">{proxy.tokenPrefix}…</span>
        </Description>
        {proxy.certificateSha256 !== null && (
          <Description term="Certificate of its own">
            <Copyable text={proxy.certificateSha256} label="SHA-256 fingerprint" group={8} />
          </Description>
        )}
        {proxy.bundle !== "" && (
          <Description term="Trust bundle that it loads">
            <LoadedBundle slug={proxy.bundle} bundle={bundle} />
          </Description>
        )}
        {proxy.software !== "" && (
          <Description term="Version of its software">
            <span className="break-all font-mono">{harmless(proxy.software)}</span>
          </Description>
        )}
        <Description term="Last seen">
          {proxy.lastSeenAt === null ? (
            "never"
          ) : (
            <>
              <RelativeTime time={proxy.lastSeenAt} show="both" />
              {proxy.lastSeenFrom !== null && ` from ${harmless(proxy.lastSeenFrom)}`}
            </>
          )}
        </Description>
        {log !== null && (
          <Description term="Its log">
            <Status
              tone={log.tone}
              detail={
                <Link href={`/failures/logs/${proxy.slug}`} prefetch={false} className="text-link">
                  what it takes
                </Link>
              }
            >
              {log.word}
            </Status>
          </Description>
        )}
        <Description term="Connected">
          <RelativeTime time={proxy.createdAt} show="both" /> by {harmless(proxy.createdBy)}
        </Description>
      </DescriptionList>
    </Card>
  );
}
