import type { ReactNode } from "react";
import { STATE_WORDS, shortened } from "#components/client/client-words.ts";
import { STANDING_WORDS } from "#components/client/credential-words.ts";
import { UseSparkline } from "#components/client/use-sparkline.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ListedClient } from "#lib/access/client-read.ts";

interface ClientTableProps {
  clients: readonly ListedClient[];
  now: Date;
  /** Buttons of a row; absent for who may not change anything. */
  actionsOf?: ((client: ListedClient) => ReactNode) | undefined;
}

/** Clients by name: what each may call, by what it is known, its use, and how it is doing. */
export function ClientTable({ clients, now, actionsOf }: ClientTableProps) {
  return (
    <Table label="Clients, by name">
      <TableHead>
        <HeaderCell>Client</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>May call</HeaderCell>
        <HeaderCell>Known by</HeaderCell>
        <HeaderCell>Last 36 hours</HeaderCell>
        <HeaderCell>Last used</HeaderCell>
        <HeaderCell align="end">Refused</HeaderCell>
        {actionsOf !== undefined && (
          <HeaderCell>
            <span className="sr-only">Actions</span>
          </HeaderCell>
        )}
      </TableHead>
      <TableBody>
        {clients.map((client) => (
          <ClientLine key={client.id} client={client} now={now} actions={actionsOf?.(client)} />
        ))}
      </TableBody>
    </Table>
  );
}

function ClientLine({ client, now, actions }: { client: ListedClient; now: Date; actions: ReactNode }) {
  const { tone, word } = STATE_WORDS[client.state];
  const services = client.services.map(harmless);
  return (
    <Row>
      <Cell>
        <span className="flex min-w-0 flex-col">
          <RowLink href={`/clients/${client.id}`} className="max-w-44 2xl:max-w-52 [overflow-wrap:anywhere]">
            {harmless(client.name)}
          </RowLink>
          <span className="block max-w-44 truncate text-muted text-xs 2xl:max-w-52">
            {[client.environment, client.owner].filter(Boolean).map(harmless).join(" · ") ||
              "no environment, no owner"}
          </span>
        </span>
      </Cell>
      <Cell label="Status">
        <span className="flex min-w-0 flex-col">
          <Status tone={tone}>{word}</Status>
          {client.expiresAt !== null && client.state !== "retired" && (
            <span className="text-muted text-xs">
              {client.state === "expired" ? "since" : "ends"} <RelativeTime time={client.expiresAt} />
            </span>
          )}
        </span>
      </Cell>
      <Cell label="May call">
        {services.length === 0 ? (
          <span className="text-muted">nothing</span>
        ) : (
          <span className="block max-w-28 truncate 2xl:max-w-40" title={services.join(", ")}>
            {shortened(services)}
          </span>
        )}
      </Cell>
      <Cell label="Known by">
        <Proofs client={client} now={now} />
      </Cell>
      <Cell label="Last 36 hours">
        <UseSparkline hours={client.hours} />
      </Cell>
      <Cell label="Last used">
        {client.lastUsedAt === null ? (
          <span className="text-muted">never</span>
        ) : (
          <span className="flex min-w-0 flex-col">
            <RelativeTime time={client.lastUsedAt} />
            {whereUsed(client).map((where) => (
              <span
                key={where}
                className="block max-w-32 text-muted text-xs 2xl:max-w-44 [overflow-wrap:anywhere]"
              >
                {where}
              </span>
            ))}
          </span>
        )}
      </Cell>
      <Cell label="Refused" align="end">
        {client.refused.toLocaleString("en")}
      </Cell>
      {actions !== undefined && (
        <Cell>
          <span className="relative z-1 flex gap-2 sm:justify-end">{actions}</span>
        </Cell>
      )}
    </Row>
  );
}

function whereUsed({ lastService, lastProxy }: ListedClient): string[] {
  const service = lastService === null ? "a service that is gone" : harmless(lastService);
  return lastProxy === null ? [service] : [service, `through ${harmless(lastProxy)}`];
}

/** Certificates that end so soon are worth a look in a list. */
const SOON_MS = 14 * 86_400_000;

/** What it is known by now, and what comes next. */
function Proofs({ client: { proofs, credentials }, now }: { client: ListedClient; now: Date }) {
  const active = proofs.filter(({ isNext }) => !isNext);
  // Of two that overlap, the newer one stays; of one that lets nobody in, the other matters.
  const newest = active.toReversed();
  const present = newest.find(({ standing }) => STANDING_WORDS[standing] === null) ?? newest[0];
  if (present === undefined) {
    return <Status tone="warn">{credentials.next > 0 ? "nothing yet" : "nothing"}</Status>;
  }
  const { notAfter, standing } = present;
  const problem = STANDING_WORDS[standing];
  const left = notAfter === null ? Number.POSITIVE_INFINITY : notAfter.getTime() - now.getTime();
  return (
    <span className="flex min-w-0 flex-col">
      <span className="block max-w-32 truncate 2xl:max-w-44" title={harmless(present.label)}>
        {harmless(present.label)}
      </span>
      <span className="text-muted text-xs">
        {problem !== null ? (
          <span className="text-critical">{problem}</span>
        ) : left > 0 && left < SOON_MS && notAfter !== null ? (
          <span className="text-warn">
            expires <RelativeTime time={notAfter} />
          </span>
        ) : (
          { certificate: "this certificate", key: "its key", name: "any certificate of the name" }[
            present.kind
          ]
        )}
        {credentials.active > 1 && `, ${credentials.active - 1} more`}
        {credentials.next > 0 && `, ${credentials.next} next`}
      </span>
    </span>
  );
}
