import { newId } from "#lib/id.ts";
import type { SqlSteps } from "#lib/sql-steps.ts";
import type { StateChange } from "./failure-state.ts";
import { isAmong, type JsonInsert, type JsonTable, type Provider } from "./json-rows.ts";

/** A failure that came into another state by itself. */
export interface ChangedFailure extends StateChange {
  failureId: string;
}

const TABLE: JsonTable = {
  name: "FailureChange",
  columns: { id: "text", failureId: "text", at: "time", what: "text", actorName: "text", why: "text" },
};

/** One that fails every other minute would fill its own history. */
const CHANGES_MAX = 100;

/** What became of failures by themselves. */
export function changeRows(changes: readonly ChangedFailure[]): JsonInsert {
  return { table: TABLE, rows: changes.map((change) => ({ ...change, id: newId(), actorName: "" })) };
}

/** Keeps the newest hundred of each of the failures that changed. */
export async function forgetOldChanges(
  steps: Pick<SqlSteps, "run">,
  provider: Provider,
  changes: readonly ChangedFailure[],
): Promise<void> {
  if (changes.length === 0) return;
  await steps.run(
    `DELETE FROM "FailureChange" WHERE "id" IN (SELECT "id" FROM
       (SELECT "id", row_number() OVER (PARTITION BY "failureId" ORDER BY "at" DESC, "id" DESC) AS "place"
        FROM "FailureChange" WHERE ${isAmong(provider, '"failureId"')}) AS "placed" WHERE "place" > ${CHANGES_MAX})`,
    [JSON.stringify([...new Set(changes.map(({ failureId }) => failureId))])],
  );
}
