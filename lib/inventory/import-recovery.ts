import { appendAudit } from "#lib/audit/append.ts";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { activeImports, deadUploads, removeUpload } from "#lib/inventory/import-upload.ts";

/** An import ends by itself well before; one that is still running then runs nowhere. */
const LONGEST_SECONDS = 2 * 3_600;

const DIED =
  "The process that read it ended in the middle. What it had added stays; importing the same file again adds the rest.";

/**
 * Closes imports whose process is gone, and removes what it had received. Those of other machines, whose
 * files are not seen here, are closed after two hours.
 */
export async function closeDeadImports(installation: Installation): Promise<void> {
  const actor = systemActor("recovery");
  for (const { importId, path } of await deadUploads(installation)) {
    await breakImport(installation, actor, importId, DIED);
    await removeUpload(path);
  }
  const old = await installation.database.read.certificateImport.findMany({
    where: {
      status: "running",
      createdAt: { lt: addSeconds(installation.clock.now(), -LONGEST_SECONDS) },
      id: { notIn: [...activeImports()] },
    },
    select: { id: true },
    take: 100,
  });
  for (const { id } of old) await breakImport(installation, actor, id, DIED);
}

/** Marks a running import as broken; one that is not running stays as it is. */
export async function breakImport(
  installation: Installation,
  actor: Actor,
  id: string,
  reason: string,
): Promise<void> {
  const finishedAt = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const { count } = await transaction.certificateImport.updateMany({
      where: { id, status: "running" },
      data: { status: "broken", reason, finishedAt },
    });
    if (count === 0) return;
    const row = await transaction.certificateImport.findUniqueOrThrow({ where: { id } });
    const { fileName, found, added, known, unreadable } = row;
    await appendAudit(transaction, actor, finishedAt, {
      action: "import.broken",
      object: { kind: "import", id, name: fileName },
      outcome: "failed",
      details: { reason, found, added, known, unreadable },
    });
  });
}
