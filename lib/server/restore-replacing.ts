import { rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { truncateToSecond } from "#lib/clock.ts";
import type { Config } from "#lib/config.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import type { MasterKey } from "#lib/master-key.ts";
import { carryAccess } from "#lib/server/restore-access.ts";
import { raiseAllowlists } from "#lib/server/restore-allowlists.ts";
import { destroyBulkKeys } from "#lib/server/restore-bulk-keys.ts";
import { appendRestored, fillFromBackup, replacedHead } from "#lib/server/restore-fill.ts";
import { rescueLost } from "#lib/server/restore-lost.ts";
import { endOpenWork } from "#lib/server/restore-open-work.ts";
import type { Restored } from "#lib/server/restore-report.ts";
import { carryRevocations, dropRestoredCrls } from "#lib/server/restore-revocations.ts";

/**
 * Fills the new database with a backup, compares it with the one it replaces, and puts it in its place.
 *
 * @param file absolute path of the backup
 * @returns what is to be told
 * @throws DomainError `malformed`, `conflict`; whatever it is, nothing was restored and no file is left but the
 *   replacement's own, which `abandon` removes
 */
export async function replaceByBackup(
  settings: Pick<Config, "database" | "dataFolder">,
  replacement: Replacement,
  file: string,
  masterKey: MasterKey,
): Promise<Restored> {
  const at = truncateToSecond(new Date());
  const time = at.toISOString().slice(0, 19).replaceAll(":", "-");
  const { database, dataFolder } = settings;
  const folder = database.provider === "sqlite" ? dirname(database.file) : dataFolder;
  const header = await fillFromBackup(replacement, file, masterKey);
  const readable = replacement.replaced === "readable";
  const replaced = readable ? await replacement.reading(() => replacedHead(replacement)) : null;
  const lostFile = resolve(folder, `lost-by-restore-${time}.pem`);
  try {
    const rescued = readable
      ? await replacement.reading(async () => {
          const found = await rescueLost(replacement, lostFile);
          const revocations = await carryRevocations(replacement, at);
          const access = await carryAccess(replacement, at);
          const again = [...found.again, ...revocations.again, ...access.again];
          return { lost: { ...found, again }, revocations, access };
        })
      : null;
    const lost = rescued?.lost ?? null;
    await dropRestoredCrls(replacement);
    await raiseAllowlists(replacement, rescued !== null, at);
    const { entries, ...open } = await endOpenWork(replacement, at);
    const { entries: wiped, bulkKeys } = await destroyBulkKeys(replacement, at);
    const ended = { ...open, bulkKeys };
    const kept = [...(rescued?.revocations.entries ?? []), ...(rescued?.access.entries ?? [])];
    const told = [...kept, ...entries, ...wiped];
    const head = await appendRestored(replacement, at, header, replaced, lost, told);
    const replacedAt = await replacement.commit(`before-restore-${time}`);
    return {
      provider: database.provider,
      header,
      head,
      replaced,
      lost,
      lostFile,
      kept: replacedAt,
      ended,
      revoked: rescued?.revocations.carried ?? 0,
      refused: rescued?.access.carried ?? 0,
    };
  } catch (error) {
    // Nothing is lost; one of that name that was there before is not ours.
    if ((error as { code?: unknown }).code !== "EEXIST") rmSync(lostFile, { force: true });
    throw error;
  }
}
