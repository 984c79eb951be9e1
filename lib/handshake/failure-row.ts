import type { ColumnValue } from "#lib/driver.ts";
import type { SqlSteps } from "#lib/sql-steps.ts";
import { type Cause, isCause } from "./causes.ts";
import { FAILURE_STATES, type FailureState } from "./failure-state.ts";
import { rankOf } from "./heat.ts";
import type { JsonInsert, JsonRow, JsonTable } from "./json-rows.ts";

/** A failure as it is stored. */
export interface FailureRow extends FailureState {
  id: string;
  key: string;
  proxyId: string;
  serviceId: string;
  clientId: string;
  presentedName: string;
  cause: Cause;
  direction: "inbound" | "upstream";
  certainty: string;
  /** JSON. */
  candidates: string;
  certificateId: string | null;
  /** JSON; empty for the one that is there, which is not read. */
  diagnosis: string;
}

const TABLE: JsonTable = {
  name: "Failure",
  columns: {
    ...{ id: "text", key: "text", proxyId: "text", serviceId: "text", clientId: "text" },
    ...{ presentedName: "text", cause: "text", direction: "text", certainty: "text", candidates: "text" },
    ...{
      certificateId: "text",
      diagnosis: "text",
      addresses: "text",
      firstSeenAt: "time",
      lastSeenAt: "time",
    },
    ...{ count: "integer", heat: "float", rank: "float", state: "text", stateSince: "time", stateBy: "text" },
    ...{ muteUntil: "time", muteRate: "float", resolvedAt: "time", lastSuccessAt: "time" },
    ...{ regressions: "integer", version: "integer" },
  },
};

/** Columns that no index has, and those that some have, of what changes. */
const UNINDEXED = [
  ...["direction", "candidates", "certificateId", "addresses"],
  ...["firstSeenAt", "lastSeenAt", "count", "heat", "lastSuccessAt"],
];
const INDEXED = [
  ...["presentedName", "certainty", "rank", "state", "stateSince", "stateBy"],
  ...["muteUntil", "muteRate", "resolvedAt", "regressions"],
];

const assigned = (columns: readonly string[]) =>
  columns.map((column) => `"${column}" = excluded."${column}"`).join(", ");

/** It is longer than all else, and read for nothing but to be written again. */
const DIAGNOSIS = `"diagnosis" =
  CASE WHEN excluded."diagnosis" = '' THEN "Failure"."diagnosis" ELSE excluded."diagnosis" END`;

const UPDATE = `("key") DO UPDATE SET ${DIAGNOSIS}, ${assigned([...UNINDEXED, ...INDEXED])}, "version" = "Failure"."version" + 1`;
const UPDATE_UNINDEXED = `("key") DO UPDATE SET ${DIAGNOSIS}, ${assigned(UNINDEXED)}`;

/**
 * Failures as they are written, new ones and changed ones.
 *
 * @param before those that are there already, by id: where nothing changed that an index has, none is touched
 */
export function failureRows(
  rows: readonly FailureRow[],
  before: ReadonlyMap<string, FailureRow>,
): [inPlace: JsonInsert, moved: JsonInsert] {
  const inPlace: JsonRow[] = [];
  const moved: JsonRow[] = [];
  for (const row of rows) {
    const was = before.get(row.id);
    const now = written(row);
    const old = was === undefined ? null : written(was);
    const isInPlace = old !== null && INDEXED.every((column) => now[column] === old[column]);
    (isInPlace ? inPlace : moved).push(now);
  }
  return [
    { table: TABLE, rows: inPlace, conflict: UPDATE_UNINDEXED },
    { table: TABLE, rows: moved, conflict: UPDATE },
  ];
}

function written({ addresses, ...row }: FailureRow): JsonRow {
  return {
    ...row,
    addresses: addresses === null ? "" : JSON.stringify(addresses),
    rank: rankOf(row.heat, row.cause, row.clientId !== ""),
    version: 1,
  };
}

/** A statement that is kept must not have more columns after an upgrade. */
const READ = Object.keys(TABLE.columns)
  .filter((column) => column !== "diagnosis")
  .map((column) => `"f"."${column}"`)
  .join(", ");

/** Reads failures. @param condition what stands behind WHERE, where `"f"` is the failure */
export async function readFailures(
  steps: Pick<SqlSteps, "all">,
  condition: string,
  parameters: readonly ColumnValue[],
): Promise<FailureRow[]> {
  const rows = await steps.all(`SELECT ${READ} FROM "Failure" AS "f" WHERE ${condition}`, parameters);
  return rows.map(readRow);
}

function readRow(row: Record<string, ColumnValue>): FailureRow {
  const text = (name: string) => String(row[name] ?? "");
  const cause = text("cause");
  const state = text("state");
  return {
    ...{ id: text("id"), key: text("key"), proxyId: text("proxyId"), serviceId: text("serviceId") },
    ...{ clientId: text("clientId"), presentedName: text("presentedName") },
    // What a later version wrote is kept in its row; here it only has to be something.
    cause: isCause(cause) ? cause : "none",
    direction: text("direction") === "upstream" ? "upstream" : "inbound",
    ...{ certainty: text("certainty"), candidates: text("candidates"), diagnosis: "" },
    certificateId: row.certificateId == null ? null : text("certificateId"),
    addresses: addressesOf(text("addresses")),
    ...{ firstSeenAt: timeOf(row.firstSeenAt) ?? 0, lastSeenAt: timeOf(row.lastSeenAt) ?? 0 },
    ...{ count: Number(row.count), heat: Number(row.heat), regressions: Number(row.regressions) },
    state: FAILURE_STATES.find((each) => each === state) ?? "open",
    stateSince: timeOf(row.stateSince) ?? 0,
    stateBy: text("stateBy") as FailureRow["stateBy"], // written here only
    ...{ muteUntil: timeOf(row.muteUntil), resolvedAt: timeOf(row.resolvedAt) },
    muteRate: row.muteRate == null ? null : Number(row.muteRate),
    lastSuccessAt: timeOf(row.lastSuccessAt),
  };
}

/** Null when there are too many to tell. */
function addressesOf(json: string): string[] | null {
  return json === "" ? null : (JSON.parse(json) as string[]); // written by `written` only
}

function timeOf(value: ColumnValue | undefined): number | null {
  if (value === null || value === undefined) return null;
  return value instanceof Date ? value.getTime() : Number(value);
}
