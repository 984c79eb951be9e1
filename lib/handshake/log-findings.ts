import { PROXY_KINDS } from "#lib/access/proxy-input.ts";
import type { MissingDirective } from "./missing-directive.ts";
import type { LoggingProxy } from "./observation.ts";

/** What came of a proxy's logs. Counts are of lines. */
export interface LogRecord {
  firstAt: Date;
  lastAt: Date;
  taken: number;
  matched: number;
  ignored: number;
  notUnderstood: number;
  /** When the last line came that nobody understood. */
  notUnderstoodAt: Date | null;
  misfit: LoggingProxy | null;
  misfitAt: Date | null;
  missing: MissingDirective | null;
  missingAt: Date | null;
  failedAt: Date | null;
  succeededAt: Date | null;
}

/** What keeps a proxy's log from being good enough. */
export type LogFinding =
  /** Nothing ever came. */
  | { kind: "never" }
  /** They are another software's lines than the proxy's is said to be. */
  | { kind: "misfit"; software: LoggingProxy; at: Date }
  /** Most lines are nobody's. */
  | { kind: "not-understood"; share: number }
  /** Lines came, and none of them is about a handshake. */
  | { kind: "nothing-told" }
  /** The cause of a handshake that failed was not certain, and more could have stood in its lines. */
  | { kind: "hidden"; missing: MissingDirective; at: Date }
  /** Nothing came for long. */
  | { kind: "silent"; since: Date }
  /** Failures are told of, and nothing that went well: none resolves itself. */
  | { kind: "no-success" };

/** Nothing for so long may be a shipper that stopped, or a night without traffic. */
const SILENT_MS = 24 * 3_600_000;

/** Batches of one proxy come from several logs: what was said of one holds while the others come. */
const LATELY_MS = 10 * 60_000;

const NOT_UNDERSTOOD_SHARE = 0.5;

/**
 * What is to be mended about the logs of a proxy, what matters most first; nothing when they are good enough.
 *
 * @param record null when nothing ever came
 */
export function logFindings(record: LogRecord | null, now: Date): LogFinding[] {
  if (record === null) return [{ kind: "never" }];
  const { lastAt, taken, matched, notUnderstood, misfitAt, missing, missingAt } = record;
  const { failedAt, succeededAt } = record;
  const found: LogFinding[] = [];
  const software = lateMisfit(record);
  // What no kind of proxy stands for, as stunnel, cannot be set right, and is read as what it is.
  if (software !== null && misfitAt !== null && KINDS.has(software)) {
    found.push({ kind: "misfit", software, at: misfitAt });
  }
  const share = taken === 0 ? 0 : notUnderstood / taken;
  if (share > NOT_UNDERSTOOD_SHARE && isLate(record)) found.push({ kind: "not-understood", share });
  else if (matched === 0) found.push({ kind: "nothing-told" });
  // A handshake that failed since then, and of which the lines said why, is the sign that it was set.
  if (missing !== null && missingAt !== null && missingAt.getTime() >= (failedAt?.getTime() ?? 0)) {
    found.push({ kind: "hidden", missing, at: missingAt });
  }
  if (now.getTime() - lastAt.getTime() > SILENT_MS) found.push({ kind: "silent", since: lastAt });
  if (failedAt !== null && succeededAt === null) found.push({ kind: "no-success" });
  return found;
}

/** Whose lines came last, where they are another software's than the proxy's is said to be. */
export function lateMisfit({ lastAt, misfit, misfitAt }: LogRecord): LoggingProxy | null {
  return misfitAt !== null && lastAt.getTime() - misfitAt.getTime() < LATELY_MS ? misfit : null;
}

/** Whether lines that nobody understands still come: the counts are of months, and it may have been mended since. */
function isLate({ lastAt, notUnderstoodAt }: LogRecord): boolean {
  return notUnderstoodAt !== null && lastAt.getTime() - notUnderstoodAt.getTime() < LATELY_MS;
}

const KINDS: ReadonlySet<string> = new Set(PROXY_KINDS);

/** How bad it is, for the order of a list: 0 is the worst. */
export function findingRank(findings: readonly LogFinding[]): number {
  const [first] = findings;
  return first === undefined ? ORDER.length : ORDER.indexOf(first.kind);
}

/** Nothing at all is not the worst: somebody has to begin there, but nothing is misleading. */
const ORDER: readonly LogFinding["kind"][] = [
  "misfit",
  "not-understood",
  "hidden",
  "nothing-told",
  "silent",
  "never",
  "no-success",
];
