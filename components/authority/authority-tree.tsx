import { CornerDownRight } from "lucide-react";
import {
  authorityState,
  keyLocationWords,
  keyWords,
  purposeWords,
} from "#components/authority/authority-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { LifeBar } from "#components/ui/life-bar.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { absoluteTime } from "#components/ui/time-format.ts";
import type { AuthorityView } from "#lib/authority/authority-read.ts";
import type { IssuedFigures } from "#lib/inventory/certificate-figures.ts";

interface AuthorityTreeProps {
  /** Roots first, each followed by those below it. */
  authorities: readonly AuthorityView[];
  figures: ReadonlyMap<string, IssuedFigures>;
  now: Date;
}

/** Authorities as a tree of rows, each with how it is doing and what to do about it. */
export function AuthorityTree({ authorities, figures, now }: AuthorityTreeProps) {
  const depths = depthsOf(authorities);
  return (
    <Table label="Authorities">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Health</HeaderCell>
        <HeaderCell>Valid until</HeaderCell>
        <HeaderCell>May issue for</HeaderCell>
        <HeaderCell>Key</HeaderCell>
        <HeaderCell align="end">Issued</HeaderCell>
      </TableHead>
      <TableBody>
        {authorities.map((authority) => (
          <AuthorityRow
            key={authority.id}
            authority={authority}
            depth={depths.get(authority.id) ?? 0}
            issued={figures.get(authority.id)?.issued ?? 0}
            now={now}
          />
        ))}
      </TableBody>
    </Table>
  );
}

interface AuthorityRowProps {
  authority: AuthorityView;
  depth: number;
  issued: number;
  now: Date;
}

function AuthorityRow({ authority, depth, issued, now }: AuthorityRowProps) {
  const { word, tone, fix } = authorityState(authority, now);
  const location = keyLocationWords(authority.keyLocation);
  return (
    <Row>
      <Cell>
        <span
          className="flex items-start gap-1.5"
          style={{ paddingLeft: `${Math.max(0, depth - 1) * 1.25}rem` }}
        >
          {depth > 0 && <CornerDownRight aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />}
          <span className="min-w-0">
            <RowLink href={`/authorities/${authority.slug}`}>{authority.name}</RowLink>
            <span className="block text-muted text-xs">{authority.kind}</span>
          </span>
        </span>
      </Cell>
      <Cell label="Health" wrap={fix !== null}>
        <Status tone={tone}>{word}</Status>
        {fix !== null && <span className="block max-w-72 text-muted text-xs">{fix}</span>}
      </Cell>
      <Cell label="Valid until">
        <span className="inline-flex items-center gap-x-2.5">
          <LifeBar
            notBefore={authority.notBefore}
            notAfter={authority.notAfter}
            now={now}
            tone={tone === "info" ? "neutral" : tone}
          />
          <span>
            {absoluteTime(authority.notAfter).slice(0, 10)}
            <span className="block text-muted text-xs">
              <RelativeTime time={authority.notAfter} />
            </span>
          </span>
        </span>
      </Cell>
      <Cell label="May issue for">{purposeWords(authority.purposes)}</Cell>
      <Cell label="Key">
        {keyWords(authority.keyAlgorithm)} <Badge>{location.short}</Badge>
      </Cell>
      <Cell label="Issued" align="end">
        {issued.toLocaleString("en")}
      </Cell>
    </Row>
  );
}

function depthsOf(authorities: readonly AuthorityView[]): Map<string, number> {
  const depths = new Map<string, number>();
  for (const { id, parentId } of authorities) {
    depths.set(id, parentId === null ? 0 : (depths.get(parentId) ?? 0) + 1);
  }
  return depths;
}
