import type { FailedHandshake, LineCounts } from "./handshake-batch.ts";
import type { JsonInsert, JsonTable } from "./json-rows.ts";
import type { LoggingProxy } from "./observation.ts";

/** What came of some lines, as far as it says how good a proxy's log is. */
export interface LogSigns {
  proxyId: string;
  counts: LineCounts;
  misfit: LoggingProxy | null;
  failed: readonly Pick<FailedHandshake, "diagnosis">[];
  succeeded: number;
}

const TABLE: JsonTable = {
  name: "ProxyLog",
  columns: {
    ...{ proxyId: "text", firstAt: "time", lastAt: "time" },
    ...{ taken: "integer", matched: "integer", ignored: "integer", notUnderstood: "integer" },
    ...{ misfit: "text", misfitAt: "time", missing: "text", missingAt: "time" },
    ...{ failedAt: "time", succeededAt: "time" },
  },
};

const COUNTED = ["taken", "matched", "ignored", "notUnderstood"];
/** The last that was noted stays until there is another. */
const LATEST = ["misfitAt", "missingAt", "failedAt", "succeededAt"];

const UPDATE = `("proxyId") DO UPDATE SET ${[
  '"lastAt" = excluded."lastAt"',
  ...COUNTED.map((column) => `"${column}" = "ProxyLog"."${column}" + excluded."${column}"`),
  ...["misfit", "missing"].map(
    (column) =>
      `"${column}" = CASE WHEN excluded."${column}" = '' THEN "ProxyLog"."${column}" ELSE excluded."${column}" END`,
  ),
  ...LATEST.map((column) => `"${column}" = COALESCE(excluded."${column}", "ProxyLog"."${column}")`),
].join(", ")}`;

/**
 * What came of a proxy's lines: how many there were, whether they were another software's, and which setting would have
 * shown the cause of the last handshake of which they did not (JSON of a MissingDirective).
 *
 * @param receivedAt in milliseconds
 */
export function proxyLogRow(
  { proxyId, counts, misfit, failed, succeeded }: LogSigns,
  receivedAt: number,
): JsonInsert {
  const missing = failed.findLast(({ diagnosis }) => diagnosis.missingDirective !== null);
  const directive = missing?.diagnosis.missingDirective ?? null;
  const { taken, matched, ignored, notUnderstood } = counts;
  const row = {
    ...{ proxyId, firstAt: receivedAt, lastAt: receivedAt, taken, matched, ignored, notUnderstood },
    misfit: misfit ?? "",
    misfitAt: misfit === null ? null : receivedAt,
    missing: directive === null ? "" : JSON.stringify(directive),
    missingAt: directive === null ? null : receivedAt,
    failedAt: failed.length === 0 ? null : receivedAt,
    succeededAt: succeeded === 0 ? null : receivedAt,
  };
  return { table: TABLE, rows: [row], conflict: UPDATE };
}
