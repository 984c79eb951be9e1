import { appendAudit } from "#lib/audit/append.ts";
import { checkFile, type FileWishes } from "#lib/authority/bulk-file-check.ts";
import { addItems, type IssueItem, ITEMS_PER_WRITE, type NewItem } from "#lib/authority/bulk-items.ts";
import { keyAlgorithmSchema, runObject } from "#lib/authority/bulk-run.ts";
import { runRow } from "#lib/authority/bulk-start.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/**
 * Starts issuing for the rows of a file that pass the check, which is made again. Nothing is issued before
 * `advanceRun`.
 *
 * @param wishes `leaveOutWarned`: rows with a warning are left out as well
 * @returns the id of the run
 * @throws DomainError as `checkFile`, and `malformed` when no row passes
 */
export async function startIssuance(
  installation: Installation,
  actor: Actor,
  wishes: FileWishes & { leaveOutWarned: boolean },
): Promise<string> {
  authorize(actor, "certificate:issue");
  const keyAlgorithm = parsed(keyAlgorithmSchema, wishes.keyAlgorithm);
  const rows = await checkFile(installation, actor, wishes);
  const items = rows.flatMap(({ item, label, findings }): (NewItem & { input: IssueItem })[] =>
    item === undefined || (wishes.leaveOutWarned && findings.length > 0) ? [] : [{ label, input: item }],
  );
  if (items.length === 0) {
    throw malformed(
      "file",
      "bulk.none",
      "No row can be issued as it stands; the reasons are beside the rows.",
    );
  }
  const id = newId();
  const leftOut = rows.length - items.length;
  const { database, clock } = installation;
  await database.write(async (transaction) => {
    await transaction.bulkRun.create({
      data: runRow(id, actor, clock.now(), { kind: "issue", keyAlgorithm, leftOut, keys: {} }),
    });
    await appendAudit(transaction, actor, clock.now(), {
      action: "bulk.started",
      object: runObject({ id, kind: "issue" }),
      details: { kind: "issue", certificates: items.length, leftOut, keyAlgorithm },
    });
  });
  for (let start = 0; start < items.length; start += ITEMS_PER_WRITE) {
    const part = items.slice(start, start + ITEMS_PER_WRITE);
    const total = start + part.length;
    await database.write(async (transaction) => {
      await addItems(installation, transaction, id, start, part);
      // A process that dies here leaves a run that never began: whoever uploads the file again loses nothing.
      const status = total === items.length ? "running" : "preparing";
      await transaction.bulkRun.update({ where: { id }, data: { total, status } });
    });
  }
  return id;
}
