import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import type pg from "pg";
import { type Config, ConfigError } from "#lib/config.ts";
import { connectPostgresql } from "#lib/database-migrations.ts";
import { removeSecondNames } from "#lib/database-second-names.ts";

/**
 * Who uses a database: every instance says so as long as it runs, and a restore begins only when nobody does.
 * Both are locks that vanish with their process: in PostgreSQL an advisory one, for SQLite that of a
 * neighbour file. An open connection says less, because pools close idle ones.
 */

type Target = Config["database"];

/** Gives a lock back. */
export type Release = () => Promise<void>;

const LOCK = 1129333076;

/** The locks of this process. A connection that nobody refers to is collected, and its lock goes with it. */
const held = new Set<Sqlite.Database>();

/** How long an instance that starts waits for a restore to end. */
const RESTORE_PATIENCE_MS = 60_000;

/** After the connection to PostgreSQL was lost. */
const AGAIN_AFTER_MS = 5_000;

/**
 * Says that an instance uses the database; waits for a restore that is under way.
 *
 * @throws ConfigError when the database cannot be reached, or a restore takes too long
 */
export async function announcePresence(target: Target): Promise<Release> {
  return target.provider === "sqlite" ? holdLockFile(target.file) : holdInPostgresql(target.url);
}

async function holdLockFile(file: string): Promise<Release> {
  const lock = openLockFile(file);
  const until = Date.now() + RESTORE_PATIENCE_MS;
  for (;;) {
    try {
      lock.exec("BEGIN");
      // The first statement that reads takes the shared lock, and the transaction keeps it.
      lock.prepare("SELECT count(*) FROM sqlite_master").get();
      removeSecondNames(file);
      held.add(lock);
      return async () => {
        held.delete(lock);
        lock.close();
      };
    } catch (error) {
      if (lock.inTransaction) lock.exec("ROLLBACK");
      if (!isBusy(error) || Date.now() > until) {
        lock.close();
        throw new ConfigError("A restore of this database is under way: start again when it has ended.", {
          cause: error,
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

/** Holds the shared lock on a connection of its own, and again on another when that is lost. */
async function holdInPostgresql(url: string): Promise<Release> {
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let current: pg.Client | undefined;
  const hold = async () => {
    const client = await connectPostgresql(url);
    current = client;
    client.on("error", later).on("end", later);
    await client.query(`SELECT pg_advisory_lock_shared(${LOCK})`);
  };
  const later = () => {
    if (ended || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      hold().catch(later);
    }, AGAIN_AFTER_MS).unref();
  };
  await hold();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await current?.end().catch(() => {});
  };
}

/** How long the lock of a process that has just ended is waited for. */
const ABSENCE_PATIENCE_MS = 3_000;

/**
 * Keeps instances away while the database is being replaced.
 *
 * @returns null when an instance uses it
 * @throws ConfigError when the database cannot be reached
 */
export async function demandAbsence(target: Target): Promise<Release | null> {
  const { attempt, release } =
    target.provider === "sqlite" ? fileLock(target.file) : await advisoryLock(target.url);
  const until = Date.now() + ABSENCE_PATIENCE_MS;
  while (!(await attempt())) {
    if (Date.now() > until) {
      await release();
      return null;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return release;
}

interface ExclusiveLock {
  attempt(): Promise<boolean>;
  release: Release;
}

function fileLock(file: string): ExclusiveLock {
  const lock = openLockFile(file);
  return {
    async attempt() {
      try {
        lock.exec("BEGIN EXCLUSIVE");
        removeSecondNames(file);
        return true;
      } catch (error) {
        if (isBusy(error)) return false;
        throw error;
      }
    },
    async release() {
      lock.close();
    },
  };
}

async function advisoryLock(url: string): Promise<ExclusiveLock> {
  const client = await connectPostgresql(url);
  return {
    async attempt() {
      const { rows } = await client.query<{ alone: boolean }>(
        `SELECT pg_try_advisory_lock(${LOCK}) AS alone`,
      );
      return rows[0]?.alone === true;
    },
    release: () => client.end(),
  };
}

function openLockFile(file: string): Sqlite.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return new Sqlite(`${file}.running`, { timeout: 0 });
}
