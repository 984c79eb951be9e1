import { Waypoints } from "lucide-react";
import type { ReactNode } from "react";
import { PROXY_KIND_NAMES, proxyState } from "#components/proxy/proxy-words.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { WholeService } from "#lib/access/service-read.ts";

interface ServiceProxiesProps {
  service: WholeService;
  now: Date;
  /** Button that connects one more. */
  action: ReactNode;
}

/** What stands in front of a service, and the allowlists that were made for it. */
export function ServiceProxies({ service: { proxies, allowlists }, now, action }: ServiceProxiesProps) {
  return (
    <Card title="Proxies in front" padding="none" actions={action}>
      {proxies.length === 0 ? (
        <EmptyState
          icon={<Waypoints />}
          title="No proxy is connected"
          description="A proxy asks about each request, or fetches an allowlist and decides by itself."
        />
      ) : (
        <Table label="Proxies in front of this service">
          <TableHead>
            <HeaderCell>Proxy</HeaderCell>
            <HeaderCell>Kind</HeaderCell>
            <HeaderCell>Status</HeaderCell>
            <HeaderCell>Last seen</HeaderCell>
          </TableHead>
          <TableBody>
            {proxies.map((proxy) => {
              const { tone, word } = proxyState({ status: "active", ...proxy }, now);
              return (
                <Row key={proxy.id}>
                  <Cell>
                    <RowLink href={`/proxies/${proxy.slug}`}>{harmless(proxy.name)}</RowLink>
                  </Cell>
                  <Cell label="Kind">{PROXY_KIND_NAMES[proxy.kind as ProxyKind] ?? proxy.kind}</Cell>
                  <Cell label="Status">
                    <Status tone={tone}>{word}</Status>
                  </Cell>
                  <Cell label="Last seen">
                    {proxy.lastSeenAt === null ? (
                      <span className="text-muted">never</span>
                    ) : (
                      <RelativeTime time={proxy.lastSeenAt} />
                    )}
                  </Cell>
                </Row>
              );
            })}
          </TableBody>
        </Table>
      )}
      {allowlists.length > 0 && (
        <div className="border-line border-t">
          <Table label="Allowlists of this service">
            <TableHead>
              <HeaderCell>Allowlist</HeaderCell>
              <HeaderCell align="end">Version</HeaderCell>
              <HeaderCell align="end">Admits</HeaderCell>
              <HeaderCell>Cannot express</HeaderCell>
              <HeaderCell>Made</HeaderCell>
            </TableHead>
            <TableBody>
              {allowlists.map(({ format, version, admitted, unexpressed, madeAt }) => (
                <Row key={format}>
                  <Cell>
                    <span className="font-medium">{format} allowlist</span>
                  </Cell>
                  <Cell label="Version" align="end">
                    {version.toLocaleString("en")}
                  </Cell>
                  <Cell label="Admits" align="end">
                    {admitted.toLocaleString("en")}
                  </Cell>
                  <Cell label="Cannot express">
                    {unexpressed === 0 ? (
                      <span className="text-muted">nothing</span>
                    ) : (
                      <Status tone="warn">
                        {unexpressed === 1
                          ? "1 grant, denied"
                          : `${unexpressed.toLocaleString("en")} grants, denied`}
                      </Status>
                    )}
                  </Cell>
                  <Cell label="Made">
                    <RelativeTime time={madeAt} />
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
    </Card>
  );
}
