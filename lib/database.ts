import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { type Config, config } from "#lib/config.ts";
import { enterWriteAheadLog } from "#lib/database-log.ts";
import { connectionPool, type PoolBounds, PROMPT_BOUNDS, USUAL_BOUNDS } from "#lib/database-pool.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { PrismaClient as PostgresqlClient } from "#prisma/generated/postgresql/client.ts";
import { type Prisma, PrismaClient as SqliteClient } from "#prisma/generated/sqlite/client.ts";

/**
 * The one door to the database. Reading goes through `read`; every write of the process goes
 * through one queue, one transaction at a time, whose first statement takes the write lock.
 *
 * The queue is not an optimisation: with Prisma on SQLite a write issued while an interactive
 * transaction is open elsewhere joins that transaction, and vanishes with it when it rolls back.
 */

/** Reads outside a transaction, in the state of the last commit. */
export type Reader = Omit<
  SqliteClient,
  "$transaction" | "$executeRaw" | "$executeRawUnsafe" | "$extends" | "$connect" | "$disconnect" | "$on"
>;

/** What a writing transaction may do. */
export type Transaction = Prisma.TransactionClient;

export type { Prisma } from "#prisma/generated/sqlite/client.ts";
/** The model's row types, for other rooms. */
export type * from "#prisma/generated/sqlite/models.ts";

export interface Database {
  readonly target: Config["database"];
  readonly read: Reader;
  /**
   * Runs reads that build on each other in the state of one commit, whatever is written meanwhile. Keep it short:
   * on SQLite others that need one wait.
   *
   * @param work gets this database, whose `read` is in that state; its other doors are what they are outside
   */
  snapshot<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /**
   * Runs the work in one transaction, alone. Keep it short (under 20 ms): others wait.
   *
   * @throws what the work throws, after a rollback
   */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Runs work that writes by a connection of its own (lib/driver.ts) in its turn in the queue. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** The client for better-auth, whose writes are led into the queue. */
  readonly forBetterAuth: SqliteClient;
  close(): Promise<void>;
}

/** How long a writer of another process is waited for before the work fails. */
const LOCK_PATIENCE_MS = 15_000;

/** How long reads of one state may take, and how long a connection for them is waited for. */
const SNAPSHOT_MS = 30_000;

/** A reader waits for nobody but a process that recovers after a crash. */
const READ_BUSY_TIMEOUT_MS = 1_000;

const WRITES = new Set([
  "create",
  "createMany",
  "createManyAndReturn",
  "update",
  "updateMany",
  "updateManyAndReturn",
  "upsert",
  "delete",
  "deleteMany",
]);

/**
 * Opens the database; it must have been migrated.
 *
 * @param target which database, from the settings
 */
export function openDatabase(target: Config["database"]): Database {
  return open(target, USUAL_BOUNDS);
}

/**
 * The same database for whoever asks it small questions again and again, and must hear soon that it does not answer.
 * Closing it closes that of all others on SQLite, where it is the same.
 */
export function promptDatabase(database: Database): Database {
  return database.target.provider === "sqlite" ? database : open(database.target, PROMPT_BOUNDS);
}

/** @param bounds of connections to PostgreSQL */
function open(target: Config["database"], bounds: PoolBounds): Database {
  const writer = newClient(target, "write", bounds);
  // On SQLite a reader of its own, else it would see what an open transaction has not committed.
  const reader = target.provider === "sqlite" ? newClient(target, "read", bounds) : writer;

  // And one for reads of one state: whatever else its connection reads meanwhile would be in that state, too,
  // and a page that follows a change must show it.
  const keeper = target.provider === "sqlite" ? newClient(target, "read", bounds) : writer;

  const inTurn = oneAfterTheOther();
  const inTurnOfKeeper = oneAfterTheOther();

  const write = <T>(work: (transaction: Transaction) => Promise<T>) =>
    inTurn(() => transactPatiently(writer, work));

  const snapshot = <T>(work: (database: Database) => Promise<T>) => {
    const transact = () =>
      keeper.$transaction((transaction) => work({ ...database, read: transaction }), {
        maxWait: SNAPSHOT_MS,
        timeout: SNAPSHOT_MS,
        ...(target.provider === "sqlite" ? {} : { isolationLevel: REPEATABLE_READ }),
      });
    return target.provider === "sqlite" ? inTurnOfKeeper(transact) : transact();
  };

  const forBetterAuth = reader.$extends({
    query: {
      $allModels: {
        async $allOperations({ model, operation, args, query }) {
          if (!WRITES.has(operation)) return query(args);
          return write((transaction) => {
            const delegates = transaction as unknown as Record<
              string,
              Record<string, (args: unknown) => Promise<unknown>>
            >;
            const delegate = delegates[model.charAt(0).toLowerCase() + model.slice(1)];
            return delegate?.[operation]?.(args) as Promise<unknown>;
          });
        },
      },
    },
  }) as unknown as SqliteClient; // an extended client has the same delegates

  const database: Database = {
    target,
    read: reader,
    snapshot,
    write,
    inTurn,
    forBetterAuth,
    async close() {
      await Promise.all([inTurn(async () => {}), inTurnOfKeeper(async () => {})]);
      for (const client of new Set([writer, reader, keeper])) await client.$disconnect();
    },
  };
  return database;
}

/** PostgreSQL's level at which all statements of a transaction see one state; the client of SQLite does not know it. */
const REPEATABLE_READ = "RepeatableRead" as "Serializable";

function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}

async function transactPatiently<T>(
  client: SqliteClient,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const until = Date.now() + LOCK_PATIENCE_MS;
  for (;;) {
    let begun = false;
    try {
      return await client.$transaction(
        async (transaction) => {
          await transaction.$executeRaw`UPDATE "Ground" SET "id" = 1 WHERE "id" = 1`;
          begun = true;
          return work(transaction);
        },
        { maxWait: LOCK_PATIENCE_MS, timeout: LOCK_PATIENCE_MS },
      );
    } catch (error) {
      // Only the lock is waited for: once the work has begun it is never run twice.
      if (begun || !isLockTimeout(error) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 10));
    }
  }
}

/** Prisma's codes for a database that cannot be reached, has gone, or has no connection left. */
const AWAY = new Set(["P1001", "P1002", "P1008", "P1017", "P2024"]);

/**
 * Whether an error of the model's client means that the database is away for a moment, so that an
 * edge can answer "try again" instead of "unexpected".
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as Error & { code?: unknown }).code;
  // PostgreSQL's classes 08 (connection) and 57P (shutdown) reach us inside the message only.
  return (
    AWAY.has(String(code)) ||
    /\b(57P0[1-5]|08[0-9A-Z]{3})\b|Connection terminated|timeout exceeded when trying to connect|Query read timeout|ECONNREFUSED|ECONNRESET/.test(
      error.message,
    )
  );
}

function isLockTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as Error & { code?: unknown }).code;
  return code === "P1008" || code === "P2034" || /SQLITE_BUSY|database is locked/.test(error.message);
}

function newClient(target: Config["database"], use: "read" | "write", bounds: PoolBounds): SqliteClient {
  if (target.provider === "postgresql") {
    const client = new PostgresqlClient({
      adapter: new PrismaPg(connectionPool(target.url, bounds), { disposeExternalPool: true }),
    });
    // Both clients come from one model; only the provider behind them differs.
    return client as unknown as SqliteClient;
  }
  return new SqliteClient({
    adapter: durableSqlite(target.file, use === "write" ? 0 : READ_BUSY_TIMEOUT_MS),
  });
}

/** The adapter leaves synchronous=NORMAL, which loses acknowledged commits with the power. */
function durableSqlite(file: string, busyTimeoutMs: number): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaBetterSqlite3({ url: file }, { timestampFormat: "unixepoch-ms" });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      await enterWriteAheadLog(file);
      const adapter = await factory.connect();
      await adapter.executeScript(
        // Opening may wait a moment for a process that opens, checkpoints or recovers at the same time.
        // Afterwards a writer never waits inside SQLite, where it would stop the whole thread.
        `PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 16000; PRAGMA busy_timeout = ${busyTimeoutMs};`,
      );
      const level = await adapter.queryRaw({ sql: "PRAGMA synchronous", args: [], argTypes: [] });
      if (Number(level.rows[0]?.[0]) !== 2) throw new Error("SQLite did not accept synchronous=FULL.");
      return withTurns(adapter);
    },
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

/** Lets others run before queries and transactions, and never inside a transaction, for which others wait. */
function withTurns<A extends SqlDriverAdapter>(adapter: A): A {
  const { queryRaw, startTransaction } = adapter;
  adapter.queryRaw = async (query) => {
    await letOthersRun();
    return queryRaw.call(adapter, query);
  };
  adapter.startTransaction = async (isolationLevel) => {
    await letOthersRun();
    return startTransaction.call(adapter, isolationLevel);
  };
  return adapter;
}

const opened = globalThis as typeof globalThis & { countersignDatabase?: Database };

/** The process's database, opened on first use. Kept on globalThis: Next bundles modules twice. */
export function database(): Database {
  opened.countersignDatabase ??= openDatabase(config().database);
  return opened.countersignDatabase;
}
