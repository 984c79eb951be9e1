import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { type Config, ConfigError, config } from "#lib/config.ts";
import { knownMigrations, migrate } from "#lib/database-migrations.ts";
import { demandAbsence } from "#lib/database-presence.ts";
import { beginReplacement, type Replacement } from "#lib/database-replacement.ts";
import { loadMasterKey, type MasterKey } from "#lib/master-key.ts";
import type { BackupHeader } from "#lib/server/backup-format.ts";
import { readBackupHeader, readWholeBackup } from "#lib/server/backup-read.ts";
import { commandOptions, runCommand } from "#lib/server/command-line.ts";
import { replacedHead } from "#lib/server/restore-fill.ts";
import { replaceByBackup } from "#lib/server/restore-replacing.ts";
import { restoreReport } from "#lib/server/restore-report.ts";

/**
 * `npm run restore -- --from file [--yes]`: puts a backup in the place of the database. Everything that can be
 * refused is, before anything is written; what is written takes effect in one step at the end.
 *
 * Serial numbers are random, so none is used again. Numbers of CRLs, when there are any, are at least the
 * seconds since 1970 (RFC 5280 §5.2.3 forbids that they go down), so an older database does not take them back.
 */

const USAGE = "npm run restore -- --from <file> [--yes]";

await runCommand("Nothing was restored; the database is as it was", async () => {
  const options = commandOptions({ from: { type: "string" }, yes: { type: "boolean" } }, USAGE);
  if (options.from === undefined) throw new ConfigError(`Say which backup: ${USAGE}`);
  const settings = config();
  const file = resolve(settings.root, options.from);
  const masterKey = presentMasterKey(settings);
  const header = await readBackupHeader(file, masterKey);
  checkMigration(header, settings);
  await readWholeBackup(file, masterKey);

  const release = await demandAbsence(settings.database);
  if (release === null) {
    throw new ConfigError("Countersign is running on this database: stop every instance of it first.");
  }
  try {
    const replacement = await beginReplacement(settings.database, settings.root, header.migration);
    try {
      if (replacement.replaced !== "nothing" && options.yes !== true) await askPerson(replacement, header);
      const restored = await replaceByBackup(settings, replacement, file, masterKey);
      await migrate(settings.database, settings.root);
      process.stdout.write(restoreReport(restored));
    } catch (error) {
      await replacement.abandon();
      throw error;
    }
  } finally {
    await release();
  }
});

/** A key that is made now cannot be the one of a backup. */
function presentMasterKey(settings: Config): MasterKey {
  if ("file" in settings.masterKey && !existsSync(settings.masterKey.file)) {
    throw new ConfigError(
      `There is no master key at ${settings.masterKey.file}: put the one there under which the backup was made, or set COUNTERSIGN_MASTER_KEY.`,
    );
  }
  return loadMasterKey(settings.masterKey);
}

function checkMigration(header: BackupHeader, settings: Config): void {
  const known = knownMigrations(settings.database.provider, settings.root);
  if (known.some(({ name }) => name === header.migration)) return;
  throw new ConfigError(
    `The backup was made by a newer version of Countersign (it holds the migration ${header.migration}): restore it with that version.`,
  );
}

async function askPerson(replacement: Replacement, header: BackupHeader): Promise<void> {
  const head =
    replacement.replaced === "readable" ? await replacement.reading(() => replacedHead(replacement)) : null;
  const what =
    head === null
      ? "There is a database already, which cannot be read."
      : `There is a database already, with ${head.sequence.toLocaleString("en")} audit events; the backup of ${header.createdAt} has ${header.auditSequence.toLocaleString("en")}.`;
  if (!process.stdin.isTTY) throw new ConfigError(`${what} Add --yes to put the backup in its place.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `${what}\nIt is kept beside the new one. Type "restore" to put the backup in its place: `,
  );
  terminal.close();
  if (answer.trim() !== "restore") throw new ConfigError("Nothing was changed.");
}
