"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Status } from "#components/ui/status.tsx";
import { TAB, TAB_BAR } from "#components/ui/tab-style.ts";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";

/** What would come of a row of a file. */
export interface FileVerdict {
  line: number;
  label: string;
  /** As they would be certified: `dns:api.example`. */
  names: string[];
  profile: string;
  findings: { severity: "error" | "warning"; field: string; rule: string; detail: string }[];
  /** Whether it can be issued. */
  passes: boolean;
}

/** Rows in the page at once: ten thousand would stall it. */
const PAGE = 100;
const NAMES_SHOWN = 4;

const VIEWS = {
  error: { label: "Cannot be issued", test: (row: FileVerdict) => !row.passes },
  warning: { label: "With a warning", test: (row: FileVerdict) => row.passes && row.findings.length > 0 },
  all: { label: "All", test: () => true },
} as const;
type View = keyof typeof VIEWS;

/** A verdict on every row of a file; what is wrong first. */
export function FileVerdicts({ rows }: { rows: readonly FileVerdict[] }) {
  const counts = {
    error: rows.filter(VIEWS.error.test).length,
    warning: rows.filter(VIEWS.warning.test).length,
    all: rows.length,
  };
  const [chosen, setChosen] = useState<View>();
  const [start, setStart] = useState(0);
  const view = chosen ?? (counts.error > 0 ? "error" : counts.warning > 0 ? "warning" : "all");
  const matching = view === "all" ? rows : rows.filter(VIEWS[view].test);
  const first = start < matching.length ? start : 0;
  const shown = matching.slice(first, first + PAGE);
  const show = (next: View) => {
    setChosen(next);
    setStart(0);
  };
  return (
    <>
      <div className={TAB_BAR}>
        {(Object.keys(VIEWS) as View[])
          .filter((each) => each === "all" || counts[each] > 0)
          .map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === view}
              className={`${TAB} aria-pressed:border-accent aria-pressed:text-ink`}
              onClick={() => show(each)}
            >
              {VIEWS[each].label}
              <span className="font-normal text-faint text-xs">{counts[each].toLocaleString("en")}</span>
            </button>
          ))}
      </div>
      <Table label="Rows of the file">
        <TableHead>
          <HeaderCell align="end" className="w-16">
            Line
          </HeaderCell>
          <HeaderCell>Name</HeaderCell>
          <HeaderCell>Verdict</HeaderCell>
          <HeaderCell>Alternative names</HeaderCell>
          <HeaderCell>Profile</HeaderCell>
        </TableHead>
        <TableBody>
          {shown.map((row) => (
            <VerdictRow key={row.line} row={row} />
          ))}
        </TableBody>
      </Table>
      {matching.length > PAGE && (
        <nav
          aria-label="Pages of the file"
          className="flex flex-wrap items-center justify-between gap-2 border-line border-t px-4 py-2 text-sm"
        >
          <span className="text-muted" aria-live="polite">
            {(first + 1).toLocaleString("en")} to {(first + shown.length).toLocaleString("en")} of{" "}
            {matching.length.toLocaleString("en")}
          </span>
          <span className="flex gap-2">
            <Button size="sm" disabled={first === 0} onClick={() => setStart(first - PAGE)}>
              Previous
            </Button>
            <Button
              size="sm"
              disabled={first + PAGE >= matching.length}
              onClick={() => setStart(first + PAGE)}
            >
              Next
            </Button>
          </span>
        </nav>
      )}
    </>
  );
}

function VerdictRow({ row }: { row: FileVerdict }) {
  const { passes, findings } = row;
  return (
    <Row>
      <Cell align="end" label="Line">
        <span className="text-muted tabular-nums">{row.line}</span>
      </Cell>
      <Cell wrap>
        <span className="break-all">{row.label === "" ? "(no name)" : row.label}</span>
      </Cell>
      <Cell wrap label="Verdict">
        <Status tone={!passes ? "critical" : findings.length > 0 ? "warn" : "ok"}>
          {!passes
            ? "Cannot be issued"
            : findings.length > 0
              ? "Can be issued, with a warning"
              : "Can be issued"}
        </Status>
        {findings.length > 0 && (
          <ul className="mt-0.5 flex flex-col gap-0.5">
            {findings.map(({ field, rule, detail }) => (
              <li key={`${field} ${rule} ${detail}`} className="break-words">
                <span className="font-medium">{field}:</span> {detail}{" "}
                <span className="text-muted text-xs">({rule})</span>
              </li>
            ))}
          </ul>
        )}
      </Cell>
      <Cell wrap label="Names">
        {row.names.length === 0 ? (
          <span className="text-muted">none</span>
        ) : (
          <span className="break-all">
            {row.names.slice(0, NAMES_SHOWN).join(", ")}
            {row.names.length > NAMES_SHOWN && ` and ${row.names.length - NAMES_SHOWN} more`}
          </span>
        )}
      </Cell>
      <Cell label="Profile">{row.profile}</Cell>
    </Row>
  );
}
