import { findingWords, logStatus } from "#components/failures/log-words.ts";
import { softwareName } from "#components/failures/software-names.ts";
import { PROXY_KIND_NAMES } from "#components/proxy/proxy-words.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { ProxyLogView } from "#lib/handshake/proxy-logs.ts";

/** Whether each proxy's log is good enough, and what it takes to be. */
export function LogTable({ logs }: { logs: readonly ProxyLogView[] }) {
  return (
    <Table label="Logs of proxies, those first that lack the most">
      <TableHead>
        <HeaderCell>Proxy</HeaderCell>
        <HeaderCell>Its log</HeaderCell>
        <HeaderCell>What is to be done</HeaderCell>
        <HeaderCell>Last lines</HeaderCell>
      </TableHead>
      <TableBody>
        {logs.map((log) => (
          <LogLine key={log.proxy.id} log={log} />
        ))}
      </TableBody>
    </Table>
  );
}

function LogLine({ log: { proxy, record, findings } }: { log: ProxyLogView }) {
  const { tone, word } = logStatus(findings);
  return (
    <Row>
      <Cell wrap className="sm:align-top">
        <span className="flex min-w-0 flex-col">
          <RowLink href={`/failures/logs/${proxy.slug}`}>{harmless(proxy.name)}</RowLink>
          <span className="text-muted text-xs">
            {PROXY_KIND_NAMES[proxy.kind as ProxyKind] ?? proxy.kind}
            {proxy.software !== "" && ` ${harmless(proxy.software)}`}
          </span>
        </span>
      </Cell>
      <Cell label="Its log" className="sm:align-top">
        <Status tone={tone}>{word}</Status>
      </Cell>
      <Cell label="What is to be done" wrap className="sm:w-[55%] sm:max-w-0 sm:align-top">
        {findings.length === 0 ? (
          <span className="text-muted">Nothing.</span>
        ) : (
          <ul className="flex min-w-0 flex-col gap-2">
            {findings.map((finding) => (
              <li key={finding.kind} className="min-w-0">
                {findingWords(finding).meaning}
                {finding.kind === "hidden" && (
                  <div className="mt-1.5">
                    <CodeBlock
                      code={finding.missing.directive}
                      title={`For ${softwareName(finding.missing.proxy)}`}
                      label="directive"
                      maxLines={4}
                    />
                  </div>
                )}
              </li>
            ))}
          </ul>
        )}
      </Cell>
      <Cell label="Last lines" className="sm:align-top">
        {record === null ? (
          <span className="text-muted">never</span>
        ) : (
          <span className="flex flex-col">
            <RelativeTime time={record.lastAt} />
            <span className="text-muted text-xs">{record.taken.toLocaleString("en")} in all</span>
          </span>
        )}
      </Cell>
    </Row>
  );
}
