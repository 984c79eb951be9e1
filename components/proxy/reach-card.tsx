import type { ReactNode } from "react";
import { reachState } from "#components/proxy/proxy-words.ts";
import { Card } from "#components/ui/card.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ListedProxy } from "#lib/access/proxy-read.ts";

interface ReachCardProps {
  proxy: Pick<ListedProxy, "files" | "lastSeenAt">;
  now: Date;
  /** Button that forgets a list which it does not use any more; absent for who may not. */
  forgetOf?: ((serviceId: string) => ReactNode) | undefined;
}

/** How far a change of who may enter has come at a proxy: made, fetched, in use. */
export function ReachCard({ proxy: { files, lastSeenAt }, now, forgetOf }: ReachCardProps) {
  if (files.length === 0) {
    return (
      <Card title="Revocation reach">
        <p className="text-muted">
          {lastSeenAt === null
            ? "It neither asked nor fetched an allowlist yet."
            : "It fetched no allowlist: it asks about each request, so a change counts at once."}
        </p>
      </Card>
    );
  }
  return (
    <Card
      title="Revocation reach"
      description="Which version of each allowlist it holds. Whoever was suspended or revoked is refused from the version on that says so."
      padding="none"
    >
      <Table label="Allowlists that this proxy holds">
        <TableHead>
          <HeaderCell>Service</HeaderCell>
          <HeaderCell>Format</HeaderCell>
          <HeaderCell>State</HeaderCell>
          <HeaderCell align="end">Newest</HeaderCell>
          <HeaderCell>Fetched</HeaderCell>
          <HeaderCell>In use</HeaderCell>
          {forgetOf !== undefined && (
            <HeaderCell>
              <span className="sr-only">Actions</span>
            </HeaderCell>
          )}
        </TableHead>
        <TableBody>
          {files.map((file) => {
            const { tone, word, meaning } = reachState(file, now);
            return (
              <Row key={`${file.service.id} ${file.format}`}>
                <Cell>
                  <span className="block max-w-56 truncate font-medium">{harmless(file.service.name)}</span>
                </Cell>
                <Cell label="Format">{file.format}</Cell>
                <Cell label="State" wrap>
                  <Status tone={tone}>{word}</Status>
                  {tone !== "ok" && <span className="block text-muted text-xs">{meaning}</span>}
                </Cell>
                <Cell label="Newest" align="end">
                  {file.newestVersion.toLocaleString("en")}
                </Cell>
                <Cell label="Fetched">
                  {file.fetchedVersion.toLocaleString("en")},{" "}
                  <span className="text-muted">
                    <RelativeTime time={file.fetchedAt} />
                  </span>
                </Cell>
                <Cell label="In use">
                  {file.liveVersion === null || file.liveAt === null ? (
                    <span className="text-muted">not said</span>
                  ) : (
                    <>
                      {file.liveVersion.toLocaleString("en")},{" "}
                      <span className="text-muted">
                        since <RelativeTime time={file.liveAt} />
                      </span>
                    </>
                  )}
                </Cell>
                {forgetOf !== undefined && <Cell>{tone === "critical" && forgetOf(file.service.id)}</Cell>}
              </Row>
            );
          })}
        </TableBody>
      </Table>
    </Card>
  );
}
