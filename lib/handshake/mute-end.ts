import type { Installation } from "#lib/installation.ts";
import { sqlSteps } from "#lib/sql-steps.ts";
import { changeRows, forgetOldChanges } from "./failure-changes.ts";
import { failureRows, readFailures } from "./failure-row.ts";
import { afterMute } from "./failure-state.ts";
import { runTogether, timeMark, timeText } from "./json-rows.ts";

/** Of one transaction. */
const PART = 100;

/**
 * Ends mutes of which the time is over. Several instances may do it at once: the first one does.
 *
 * @returns how many
 */
export async function endMutes({ database, clock }: Installation): Promise<number> {
  const { provider } = database.target;
  const now = clock.now();
  // Looked for first, so that nobody waits for the write lock each time for nothing.
  const due = { state: "muted", muteUntil: { lte: now } };
  if ((await database.read.failure.findFirst({ where: due, select: { id: true } })) === null) return 0;
  let ended = 0;
  for (;;) {
    const count = await database.write(async (transaction) => {
      const steps = sqlSteps(database, transaction);
      const muted = await readFailures(
        steps,
        `"f"."state" = 'muted' AND "f"."muteUntil" <= ${timeMark(provider)} LIMIT ${PART}`,
        [timeText(provider, now.getTime())],
      );
      const outcomes = muted.map((failure) => ({ failure, ...afterMute(failure, now.getTime()) }));
      const changes = outcomes.map(({ failure, change }) => ({ ...change, failureId: failure.id }));
      await runTogether(steps, provider, [
        ...failureRows(
          outcomes.map(({ failure, after }) => ({ ...failure, ...after })),
          new Map(muted.map((failure) => [failure.id, failure])),
        ),
        changeRows(changes),
      ]);
      await forgetOldChanges(steps, provider, changes);
      return muted.length;
    });
    ended += count;
    if (count < PART) return ended;
  }
}
