import { DeniedByFile } from "#components/service/denied-by-file.tsx";
import { deniedByFile, OBSTACLE_WORDS, partWords } from "#components/service/service-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { USE_KEPT_DAYS } from "#lib/access/use-hours.ts";
import type { ReachingClient } from "#lib/access/who-can-reach.ts";

interface ReachTableProps {
  clients: readonly ReachingClient[];
  /** Names of proxies in front whose lists know neither paths nor methods. */
  wholeOnly: readonly string[];
}

/** Who can reach a service: with which part of it, until when, and what stands in the way of some. */
export function ReachTable({ clients, wholeOnly }: ReachTableProps) {
  return (
    <Table label="Clients that were granted this service">
      <TableHead>
        <HeaderCell>Client</HeaderCell>
        <HeaderCell>Enters</HeaderCell>
        <HeaderCell>Part</HeaderCell>
        <HeaderCell>Until</HeaderCell>
        <HeaderCell>Last used</HeaderCell>
      </TableHead>
      <TableBody>
        {clients.map(({ client, grants, obstacle, isListable, lastUsedAt }) => (
          <Row key={client.id}>
            <Cell>
              <span className="flex min-w-0 flex-col">
                <RowLink href={`/clients/${client.id}`} className="[overflow-wrap:anywhere]">
                  {harmless(client.name)}
                </RowLink>
                <span className="text-muted text-xs">
                  {[client.environment, client.owner].filter(Boolean).map(harmless).join(" · ")}
                </span>
              </span>
            </Cell>
            <Cell label="Enters">
              {obstacle === null && !isListable && wholeOnly.length > 0 && (
                <DeniedByFile
                  words={`Denied at ${[...new Set(wholeOnly)].join(", ")}: its certificate is not in the inventory, so no list has it.`}
                />
              )}
              {obstacle === null ? (
                <Status tone="ok">yes</Status>
              ) : (
                <Status tone="warn">no: {OBSTACLE_WORDS[obstacle]}</Status>
              )}
            </Cell>
            <Cell label="Part" wrap>
              {[...new Set(grants.map(partWords))].map((words) => (
                <span key={words} className="block [overflow-wrap:anywhere]">
                  {harmless(words)}
                </span>
              ))}
              <DeniedByFile words={deniedByFile(grants, wholeOnly)} />
            </Cell>
            <Cell label="Until">
              <Until ends={grants.map(({ endsAt }) => endsAt)} />
            </Cell>
            <Cell label="Last used">
              {lastUsedAt === null ? (
                <span className="text-muted">not in {USE_KEPT_DAYS} days</span>
              ) : (
                <RelativeTime time={lastUsedAt} />
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** When the last of some grants ends. */
function Until({ ends }: { ends: readonly (Date | null)[] }) {
  const times = ends.filter((end) => end !== null).sort((a, b) => b.getTime() - a.getTime());
  const [last] = times;
  if (last === undefined || times.length < ends.length) return <span className="text-muted">no end</span>;
  return <RelativeTime time={last} />;
}
