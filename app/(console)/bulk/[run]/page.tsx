import { Download } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { ItemTable } from "#components/bulk/item-table.tsx";
import { KeyPickup } from "#components/bulk/key-pickup.tsx";
import { RunProgress } from "#components/bulk/run-progress.tsx";
import { changeInWords, ITEM_STATES, runState, runTitle } from "#components/bulk/run-words.ts";
import { UndoButton } from "#components/bulk/undo-button.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Status } from "#components/ui/status.tsx";
import { TAB, TAB_BAR } from "#components/ui/tab-style.ts";
import { getRun, listItems, type RunView } from "#lib/authority/bulk-read.ts";
import { BULK_MAX, BULK_PERMISSIONS, ITEM_STATUSES, type ItemStatus } from "#lib/authority/bulk-run.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { orNothingHere } from "#lib/web/page-guard.ts";
import { requireActor } from "#lib/web/session.ts";
import { advance, cancel, haveKeys, retry, undo } from "../actions.ts";

export const metadata: Metadata = { title: "Bulk run" };

interface RunPageProps {
  params: Promise<{ run: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const DOING = {
  issue: "Issuing certificates",
  renew: "Renewing certificates",
  annotate: "Changing owner and tags",
  revoke: "Revoking certificates",
  hold: "Holding certificates",
  release: "Releasing certificates",
};

/** One run: how far it is, what came of each item, and what it leaves to take away. */
export default async function RunPage({ params, searchParams }: RunPageProps) {
  const actor = await requireActor();
  const { run: id } = await params;
  const query = await searchParams;
  const status = ITEM_STATUSES.find((each) => each === query.status);
  const run = await orNothingHere(getRun(installation(), actor, id));
  const page = await listItems(installation(), actor, id, { ...positionOf(query.after), status });
  const mayWork = isAllowed(actor, BULK_PERMISSIONS[run.kind]);
  const { parameters } = run;
  const isOver = run.status === "finished" || run.status === "cancelled";
  const neverBegan = run.kind === "issue" && run.status === "preparing";
  const { tone, word } = runState(run);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Certificates", href: "/certificates" },
          { label: "Bulk work", href: "/bulk" },
        ]}
        title={runTitle(run)}
        status={<Status tone={tone}>{word}</Status>}
        description={
          <>
            {changeInWords(run)} {changeInWords(run) !== "" && <br />}
            Started by {run.requestedBy}, <AbsoluteTime time={run.createdAt} />
          </>
        }
        actions={
          <>
            <a className={buttonStyle("secondary", "md")} href={`/bulk/${id}/results`} download>
              <Download aria-hidden />
              Results (CSV)
            </a>
            {parameters.kind === "annotate" &&
              parameters.undoes === undefined &&
              parameters.undoneBy === undefined &&
              isOver &&
              mayWork &&
              run.counts.done > 0 && <UndoButton run={id} undo={undo} />}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <Notes run={run} />
        {run.status === "cancelled" && run.counts.working > 0 && (
          <Notice tone="info" title="Some were under way">
            {run.counts.working.toLocaleString("en")} {run.counts.working === 1 ? "item was" : "items were"}{" "}
            being worked on when the run was cancelled. Within a minute or so it shows what became of them
            {run.kind === "issue" && "; private keys can be fetched then"}: look again.
          </Notice>
        )}
        {neverBegan && (
          <Notice tone="warn" title="It never began">
            Taking in its file was interrupted. Nothing was issued: cancel it, and issue from the file again.
          </Notice>
        )}
        <Card>
          <RunProgress
            run={id}
            progress={{ status: run.status, total: run.total, done: run.done, failed: run.failed }}
            label={DOING[run.kind]}
            mayWork={mayWork}
            mayRetry={mayWork && run.status === "finished" && run.keysAllowRetry}
            actions={{ advance, cancel, retry }}
          />
        </Card>
        {run.kind === "issue" && run.counts.done > 0 && (
          <KeyPickup
            run={id}
            keys={run.keys}
            issued={run.counts.done}
            over={isOver}
            isOwn={run.isOwn}
            requestedBy={run.requestedBy}
            haveKeys={haveKeys}
          />
        )}
        <Card padding="none">
          <StatusTabs run={run} present={status} />
          {page.items.length === 0 ? (
            <EmptyState title="None" description="No item of the run is in this state." />
          ) : (
            <>
              <ItemTable items={page.items} hasLines={run.kind === "issue"} />
              <Pagination
                summary={summaryOf(run, status)}
                newerHref={page.previous === null ? undefined : hrefOf(id, status, page.previous)}
                olderHref={page.next === null ? undefined : hrefOf(id, status, page.next)}
                labels={{ newer: "Previous", older: "Next" }}
              />
            </>
          )}
        </Card>
      </div>
    </>
  );
}

function Notes({ run: { parameters } }: { run: RunView }) {
  return (
    <>
      {parameters.kind === "issue" && parameters.leftOut > 0 && (
        <Notice tone="info">
          {parameters.leftOut === 1 ? "1 row" : `${parameters.leftOut.toLocaleString("en")} rows`} of the file
          did not pass the check or had a warning, and were left out.
        </Notice>
      )}
      {parameters.kind !== "issue" && parameters.truncated === true && (
        <Notice tone="warn" title="Not all that matched">
          A run takes {BULK_MAX.toLocaleString("en")} certificates at most. Start another one for the rest.
        </Notice>
      )}
      {parameters.kind === "annotate" && parameters.undoes !== undefined && (
        <Notice tone="info">
          It undoes{" "}
          <Link href={`/bulk/${parameters.undoes}`} prefetch={false} className="text-link">
            an earlier run
          </Link>
          .
        </Notice>
      )}
      {parameters.kind === "annotate" && parameters.undoneBy !== undefined && (
        <Notice tone="info">
          It was undone by{" "}
          <Link href={`/bulk/${parameters.undoneBy}`} prefetch={false} className="text-link">
            a later run
          </Link>
          .
        </Notice>
      )}
    </>
  );
}

function StatusTabs({ run, present }: { run: RunView; present: ItemStatus | undefined }) {
  const tabs = [
    { status: undefined, label: "All", count: run.total },
    ...ITEM_STATUSES.map((status) => ({
      status,
      label: ITEM_STATES[status].word,
      count: run.counts[status],
    })),
  ].filter(({ status, count }) => status === undefined || status === present || count > 0);
  return (
    <nav aria-label="Items by result" className={TAB_BAR}>
      {tabs.map(({ status, label, count }) => (
        <Link
          key={label}
          href={hrefOf(run.id, status, null)}
          prefetch={false}
          scroll={false}
          aria-current={status === present ? "page" : undefined}
          className={TAB}
        >
          {label}
          <span className="font-normal text-faint text-xs">{count.toLocaleString("en")}</span>
        </Link>
      ))}
    </nav>
  );
}

function summaryOf(run: RunView, status: ItemStatus | undefined): string {
  const count = status === undefined ? run.total : run.counts[status];
  return count === 1 ? "1 item" : `${count.toLocaleString("en")} items`;
}

function hrefOf(id: string, status: ItemStatus | undefined, after: number | null): string {
  const query = new URLSearchParams({
    ...(status === undefined ? {} : { status }),
    ...(after === null || after < 0 ? {} : { after: String(after) }),
  });
  return query.size === 0 ? `/bulk/${id}` : `/bulk/${id}?${query}`;
}

/** What is no position leads to the first page. */
function positionOf(text: string | string[] | undefined): { after?: number } {
  return typeof text === "string" && /^\d{1,6}$/.test(text) ? { after: Number(text) } : {};
}
