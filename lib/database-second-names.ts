import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Removes names that a restore, killed just before its last step, left for the database that it was to keep: they
 * are the present database under a name that says it is an old one, and SQLite must not be opened under two names.
 * Only while no restore is under way.
 *
 * @param file absolute path of a SQLite database; need not exist
 */
export function removeSecondNames(file: string): void {
  if (!existsSync(file)) return;
  const { dev, ino } = statSync(file, { bigint: true });
  for (const name of readdirSync(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.before-restore-`)) continue;
    const path = join(dirname(file), name);
    const other = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (other?.ino === ino && other.dev === dev) rmSync(path, { force: true });
  }
}
