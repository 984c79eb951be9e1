import { setTimeout } from "node:timers/promises";
import Sqlite from "better-sqlite3";

/** How long others are waited for. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Has a SQLite database write into a log beside it, so that readers and a writer do not wait for each other. A
 * database that was just made, or that a restore left behind when it was killed, does not yet. Of several that switch
 * at the same moment SQLite refuses all but one at once, whatever their busy timeout, so they try again.
 *
 * @param file of the database; made when there is none
 * @throws SqliteError when others keep it locked for ten seconds
 */
export async function enterWriteAheadLog(file: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const connection = new Sqlite(file, { timeout: 1_000 });
    try {
      connection.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      const isBusy = error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
      if (!isBusy || performance.now() > until) throw error;
    } finally {
      connection.close();
    }
    await setTimeout(PAUSE_MS);
  }
}
