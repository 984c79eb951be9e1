import type { Metadata } from "next";
import { LogSteps } from "#components/failures/log-steps.tsx";
import { LogTable } from "#components/failures/log-table.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { listProxyLogs, type ProxyLogView } from "#lib/handshake/proxy-logs.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Logs of proxies" };

const PAGE_SIZE = 50;

interface LogsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Whether each proxy's logs are good enough to say why it refused, and what to do first when none comes yet. */
export default async function LogsPage({ searchParams }: LogsPageProps) {
  const actor = await requireActor();
  const here = installation();
  const logs = await listProxyLogs(here, actor);
  const page = pageOf((await searchParams).page, logs.length);
  const shown = logs.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const hasCome = logs.some(({ record }) => record !== null);
  const lacking = logs.filter(({ findings }) => findings.length > 0).length;
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Failures", href: "/failures" }]}
        title="Logs of proxies"
        description="Why a handshake failed stands in the proxy's log, or nowhere. Here is whether each log comes, is understood, and says enough."
        actions={<ButtonLink href="/failures/paste">Paste a log line</ButtonLink>}
      />
      <div className="flex min-w-0 flex-col gap-5">
        {!hasCome && <LogSteps steps={stepsOf(logs, isAllowed(actor, "service:manage"))} />}
        {hasCome && lacking > 0 && (
          <Notice tone="warn" title={lackingWords(lacking, logs.length)}>
            What is to be done stands beside each{lacking < logs.length && "; they stand first"}.
          </Notice>
        )}
        {logs.length > 0 && (
          <Card padding="none">
            <LogTable logs={shown} />
            {logs.length > PAGE_SIZE && (
              <Pagination
                summary={`${shown.length} of ${logs.length.toLocaleString("en")} shown, those first that lack the most`}
                newerHref={page === 1 ? undefined : addressOf(page - 1)}
                olderHref={page * PAGE_SIZE >= logs.length ? undefined : addressOf(page + 1)}
                labels={{ newer: "Before", older: "Next" }}
              />
            )}
          </Card>
        )}
        {logs.length > 0 && lacking === 0 && (
          <p className="text-muted text-sm">
            All logs are good enough. Checked <AbsoluteTime time={here.clock.now()} />.
          </p>
        )}
      </div>
    </>
  );
}

const addressOf = (page: number) => (page === 1 ? "/failures/logs" : `/failures/logs?page=${page}`);

function pageOf(asked: string | string[] | undefined, count: number): number {
  const last = Math.max(1, Math.ceil(count / PAGE_SIZE));
  const page = typeof asked === "string" && /^\d{1,4}$/.test(asked) ? Number(asked) : 1;
  return Math.min(Math.max(page, 1), last);
}

function lackingWords(lacking: number, all: number): string {
  if (lacking === all) return all === 1 ? "The log is not good enough yet" : "No log is good enough yet";
  const counts = `${lacking.toLocaleString("en")} of ${all.toLocaleString("en")} logs`;
  return `${counts} ${lacking === 1 ? "is" : "are"} not good enough yet`;
}

function stepsOf(logs: readonly ProxyLogView[], mayConnect: boolean) {
  const [first] = logs;
  return [
    {
      title: "Connect a proxy",
      text: "It gets a name and a token of its own, with which its lines are believed.",
      isDone: first !== undefined,
      action: mayConnect ? (
        <ButtonLink href="/proxies/new" variant="primary">
          Connect a proxy
        </ButtonLink>
      ) : (
        <span className="text-muted">An admin does this.</span>
      ),
    },
    {
      title: "Let it say why",
      text: "By default most proxies hide the cause. The settings for its kind and version are written for you, and how its log is sent here.",
      isDone: false,
      action: first !== undefined && (
        <ButtonLink href={`/failures/logs/${first.proxy.slug}`} variant="primary">
          See what to set
        </ButtonLink>
      ),
    },
    {
      title: "See the first handshake",
      text: "Call it once without a certificate: within seconds it is among the failures. Before anything is sent, a line can be pasted.",
      isDone: false,
      action: null,
    },
  ];
}
