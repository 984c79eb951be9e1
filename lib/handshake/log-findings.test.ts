import { expect, test } from "vitest";
import { findingRank, type LogRecord, logFindings } from "./log-findings.ts";

const NOW = new Date("2026-02-03T04:05:06Z");
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const MISSING = { proxy: "nginx", directive: "error_log … info;", explanation: "It says why." } as const;

const GOOD: LogRecord = {
  ...{ firstAt: ago(9_000), lastAt: ago(1), taken: 100, matched: 60, ignored: 40, notUnderstood: 0 },
  notUnderstoodAt: ago(2),
  ...{ misfit: null, misfitAt: null, missing: null, missingAt: null },
  ...{ failedAt: ago(5), succeededAt: ago(1) },
};
const kinds = (change: Partial<LogRecord>) =>
  logFindings({ ...GOOD, ...change }, NOW).map(({ kind }) => kind);

test.each<[string, Partial<LogRecord>, string[]]>([
  ["is good when it tells of failures and of what goes well", {}, []],
  ["is good when nothing has failed yet", { failedAt: null }, []],
  ["is another software's", { misfit: "haproxy", misfitAt: ago(1) }, ["misfit"]],
  ["is of software that no kind of proxy stands for", { misfit: "stunnel", misfitAt: ago(1) }, []],
  ["was another software's, and is right since", { misfit: "haproxy", misfitAt: ago(30) }, []],
  ["is nobody's for the most part", { notUnderstood: 51, matched: 9 }, ["not-understood"]],
  ["was nobody's for months, and is understood since", { notUnderstood: 51, notUnderstoodAt: ago(30) }, []],
  ["has some lines that nobody understands", { notUnderstood: 40 }, []],
  ["tells of no handshake", { matched: 0, failedAt: null, succeededAt: null }, ["nothing-told"]],
  ["hides a cause", { missing: MISSING, missingAt: ago(5) }, ["hidden"]],
  ["hid a cause, and said the next one", { missing: MISSING, missingAt: ago(6) }, []],
  ["has stopped", { lastAt: ago(24 * 60 + 1) }, ["silent"]],
  ["tells of nothing that goes well", { succeededAt: null }, ["no-success"]],
  [
    "has several faults, the worst of which stands first",
    { misfit: "apache", misfitAt: ago(1), missing: MISSING, missingAt: ago(5), succeededAt: null },
    ["misfit", "hidden", "no-success"],
  ],
])("a log that %s", (_, change, expected) => {
  expect(kinds(change)).toEqual(expected);
});

test("nothing at all is a finding of its own, and logs are sorted by what misleads most", () => {
  expect(logFindings(null, NOW)).toEqual([{ kind: "never" }]);
  const of = (change: Partial<LogRecord>) => logFindings({ ...GOOD, ...change }, NOW);
  const ordered = [
    of({ misfit: "haproxy", misfitAt: ago(1) }),
    of({ missing: MISSING, missingAt: ago(5) }),
    logFindings(null, NOW),
    of({ succeededAt: null }),
    of({}),
  ].map(findingRank);
  expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
  expect(new Set(ordered).size).toBe(ordered.length);
});
