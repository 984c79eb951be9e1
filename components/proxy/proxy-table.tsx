import { PROXY_KIND_NAMES, proxyState, reachState } from "#components/proxy/proxy-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { ListedProxy } from "#lib/access/proxy-read.ts";

/** Proxies by short name: whether they are there, and how a revocation reaches them. */
export function ProxyTable({ proxies, now }: { proxies: readonly ListedProxy[]; now: Date }) {
  return (
    <Table label="Proxies">
      <TableHead>
        <HeaderCell>Proxy</HeaderCell>
        <HeaderCell>Kind</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>In front of</HeaderCell>
        <HeaderCell>Last seen</HeaderCell>
        <HeaderCell>Revocation reach</HeaderCell>
      </TableHead>
      <TableBody>
        {proxies.map((proxy) => {
          const { tone, word } = proxyState(proxy, now);
          return (
            <Row key={proxy.id}>
              <Cell>
                <span className="flex min-w-0 flex-col">
                  <RowLink href={`/proxies/${proxy.slug}`} className="[overflow-wrap:anywhere]">
                    {harmless(proxy.name)}
                  </RowLink>
                  <span className="font-mono text-muted text-xs">{proxy.slug}</span>
                </span>
              </Cell>
              <Cell label="Kind">{PROXY_KIND_NAMES[proxy.kind as ProxyKind] ?? proxy.kind}</Cell>
              <Cell label="Status">
                <span className="flex flex-col">
                  <Status tone={tone}>{word}</Status>
                  {proxy.addresses.length > 1 && (
                    <Status tone="warn">token from {proxy.addresses.length} places</Status>
                  )}
                </span>
              </Cell>
              <Cell label="In front of">
                <span
                  className="block max-w-56 truncate"
                  title={proxy.services.map(({ name }) => harmless(name)).join(", ")}
                >
                  {proxy.services.map(({ name }) => harmless(name)).join(", ") || "nothing"}
                </span>
              </Cell>
              <Cell label="Last seen">
                {proxy.lastSeenAt === null ? (
                  <span className="text-muted">never</span>
                ) : (
                  <RelativeTime time={proxy.lastSeenAt} />
                )}
              </Cell>
              <Cell label="Revocation reach">
                <Reach proxy={proxy} now={now} />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}

const RANK: Record<Tone, number> = { critical: 0, warn: 1, info: 2, neutral: 3, ok: 4 };

/** The worst of its files; a proxy without any asks about each request. */
function Reach({ proxy: { files, status, lastSeenAt }, now }: { proxy: ListedProxy; now: Date }) {
  if (status === "retired") return <span className="text-muted">believed no more</span>;
  const worst = files
    .map((file) => ({ file, state: reachState(file, now) }))
    .sort((a, b) => RANK[a.state.tone] - RANK[b.state.tone])[0];
  if (worst === undefined) {
    return <span className="text-muted">{lastSeenAt === null ? "not known yet" : "asks each time"}</span>;
  }
  const { file, state } = worst;
  return (
    <span className="flex flex-col">
      <Status tone={state.tone}>{state.word}</Status>
      <span className="text-muted text-xs">
        version {file.liveVersion ?? file.fetchedVersion} of {file.newestVersion}, fetched{" "}
        <RelativeTime time={file.fetchedAt} />
      </span>
    </span>
  );
}
