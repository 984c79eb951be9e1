"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";

/** What would come, or came, of a line of a file of clients. */
export interface LineVerdict {
  line: number;
  name: string;
  services: readonly string[];
  credential: { kind: string; value: string } | null;
  findings: readonly { field: string; rule: string; detail: string }[];
}

/** Lines in the page at once: two thousand would stall it. */
const PAGE = 100;

/** Every line of a file with what is wrong with it; what is wrong first. */
export function LineTable({ lines }: { lines: readonly LineVerdict[] }) {
  const [start, setStart] = useState(0);
  const ordered = lines.toSorted(
    (one, other) =>
      Number(other.findings.length > 0) - Number(one.findings.length > 0) || one.line - other.line,
  );
  const first = start < ordered.length ? start : 0;
  return (
    <>
      <Table label="Lines of the file">
        <TableHead>
          <HeaderCell align="end">Line</HeaderCell>
          <HeaderCell>Client</HeaderCell>
          <HeaderCell>Verdict</HeaderCell>
          <HeaderCell>May call</HeaderCell>
          <HeaderCell>Known by</HeaderCell>
        </TableHead>
        <TableBody>
          {ordered.slice(first, first + PAGE).map((line) => (
            <VerdictLine key={line.line} line={line} />
          ))}
        </TableBody>
      </Table>
      {ordered.length > PAGE && (
        <div className="flex flex-wrap items-center justify-between gap-2 border-line border-t px-4 py-2 text-sm">
          <span className="text-muted">
            {first + 1} to {Math.min(first + PAGE, ordered.length)} of {ordered.length.toLocaleString("en")}
          </span>
          <span className="flex gap-2">
            <Button size="sm" disabled={first === 0} onClick={() => setStart(first - PAGE)}>
              Previous
            </Button>
            <Button
              size="sm"
              disabled={first + PAGE >= ordered.length}
              onClick={() => setStart(first + PAGE)}
            >
              Next
            </Button>
          </span>
        </div>
      )}
    </>
  );
}

function VerdictLine({ line: { line, name, services, credential, findings } }: { line: LineVerdict }) {
  return (
    <Row>
      <Cell align="end" label="Line">
        <span className="text-muted tabular-nums">{line}</span>
      </Cell>
      <Cell wrap>
        <span className="break-all">{name === "" ? "(no name)" : harmless(name)}</span>
      </Cell>
      <Cell wrap label="Verdict">
        <Status tone={findings.length > 0 ? "critical" : "ok"}>
          {findings.length > 0 ? "Cannot be taken" : "Can be taken"}
        </Status>
        {findings.length > 0 && (
          <ul className="mt-0.5 flex flex-col gap-0.5">
            {findings.map(({ field, rule, detail }) => (
              <li key={`${field} ${rule} ${detail}`} className="break-words">
                <span className="font-medium">{field}:</span> {harmless(findingOf(field, detail))}
              </li>
            ))}
          </ul>
        )}
      </Cell>
      <Cell wrap label="May call">
        {services.length === 0 ? (
          <span className="text-muted">nothing</span>
        ) : (
          services.map(harmless).join(", ")
        )}
      </Cell>
      <Cell wrap label="Known by">
        {credential === null ? (
          <span className="text-muted">nothing yet</span>
        ) : (
          <span className="break-all">
            {credential.kind} {harmless(credential.value)}
          </span>
        )}
      </Cell>
    </Row>
  );
}

/** A schema's finding names its field, which stands before it already. */
function findingOf(field: string, detail: string): string {
  return detail.startsWith(`${field}: `) ? detail.slice(field.length + 2) : detail;
}
