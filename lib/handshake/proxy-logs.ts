import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { isReference } from "#lib/reference.ts";
import { findingRank, type LogFinding, type LogRecord, logFindings } from "./log-findings.ts";
import type { MissingDirective } from "./missing-directive.ts";
import type { LoggingProxy } from "./observation.ts";
import { PARSERS } from "./parsers.ts";

/** A proxy, and how good its logs are. */
export interface ProxyLogView {
  proxy: { id: string; slug: string; name: string; kind: string; software: string };
  /** Null when nothing ever came. */
  record: LogRecord | null;
  /** What is to be mended, what matters most first. */
  findings: LogFinding[];
}

/** A line that no parser understood. Show it as text. */
export interface NotUnderstoodLine {
  id: string;
  receivedAt: Date;
  line: string;
}

/** More proxies than one installation has; they are sorted by what their logs lack, which no index holds. */
const PROXIES_MAX = 2_000;

const SELECT = { id: true, slug: true, name: true, kind: true, software: true } as const;

/**
 * Whether the logs of each proxy are good enough, those first that lack the most.
 *
 * @throws DomainError `forbidden`
 */
export async function listProxyLogs(
  { database, clock }: Installation,
  actor: Actor,
): Promise<ProxyLogView[]> {
  authorize(actor, "failure:read");
  const now = clock.now();
  const [proxies, rows, unclear] = await Promise.all([
    database.read.proxy.findMany({
      where: { status: "active" },
      orderBy: { slug: "asc" },
      take: PROXIES_MAX,
      select: SELECT,
    }),
    database.read.proxyLog.findMany({ take: PROXIES_MAX }),
    database.read.notUnderstood.groupBy({ by: "proxyId", _max: { receivedAt: true } }),
  ]);
  const unclearAt = new Map(unclear.map(({ proxyId, _max }) => [proxyId, _max.receivedAt]));
  const byProxy = new Map(
    rows.map((row) => [row.proxyId, recordOf(row, unclearAt.get(row.proxyId) ?? null)]),
  );
  return proxies
    .map((proxy) => {
      const record = byProxy.get(proxy.id) ?? null;
      return { proxy, record, findings: logFindings(record, now) };
    })
    .sort((a, b) => findingRank(a.findings) - findingRank(b.findings));
}

const LINES_SHOWN = 20;

/**
 * The logs of one proxy, with the last lines that were not understood.
 *
 * @param slug short name, or id
 * @throws DomainError `forbidden`, `notFound`
 */
export async function getProxyLog(
  { database, clock }: Installation,
  actor: Actor,
  slug: string,
): Promise<ProxyLogView & { notUnderstood: NotUnderstoodLine[] }> {
  authorize(actor, "failure:read");
  const proxy = isReference(slug)
    ? await database.read.proxy.findFirst({ where: { OR: [{ slug }, { id: slug }] }, select: SELECT })
    : null;
  if (proxy === null) throw new DomainError("notFound", "There is no such proxy.");
  const [row, notUnderstood] = await Promise.all([
    database.read.proxyLog.findUnique({ where: { proxyId: proxy.id } }),
    database.read.notUnderstood.findMany({
      where: { proxyId: proxy.id },
      orderBy: { id: "desc" },
      take: LINES_SHOWN,
      select: { id: true, receivedAt: true, line: true },
    }),
  ]);
  const record = row === null ? null : recordOf(row, notUnderstood[0]?.receivedAt ?? null);
  return { proxy, record, findings: logFindings(record, clock.now()), notUnderstood };
}

type Row = NonNullable<Awaited<ReturnType<Installation["database"]["read"]["proxyLog"]["findUnique"]>>>;

function recordOf(
  { proxyId: _, misfit, missing, taken, matched, ignored, notUnderstood, ...times }: Row,
  notUnderstoodAt: Date | null,
): LogRecord {
  return {
    ...times,
    ...{ taken: Number(taken), matched: Number(matched), ignored: Number(ignored) },
    notUnderstood: Number(notUnderstood),
    notUnderstoodAt,
    // What a later version wrote and this one does not know is left out.
    misfit: Object.hasOwn(PARSERS, misfit) ? (misfit as LoggingProxy) : null,
    missing: missing === "" ? null : (JSON.parse(missing) as MissingDirective), // written by proxy-log.ts only
  };
}
