import Sqlite from "better-sqlite3";
import pg from "pg";
import type { Config } from "#lib/config.ts";
import { enterWriteAheadLog } from "#lib/database-log.ts";
import { giveUpWhenSilent } from "#lib/database-pool.ts";
import { DomainError } from "#lib/errors.ts";

/**
 * A direct connection for hot statements, beside the model: one connection, one transaction at a
 * time, the same few verbs on both databases. Statements are written with `?` placeholders.
 */

/** A value of a column: times are Date, bytes Uint8Array. */
export type ColumnValue = string | number | boolean | null | Date | Uint8Array;
export type Row = Record<string, ColumnValue>;

/** What a transaction may do. */
export interface DriverTransaction {
  /** Rows of a query. */
  all(sql: string, parameters?: readonly ColumnValue[]): Promise<Row[]>;
  /** Runs a statement. @returns the number of rows it changed */
  run(sql: string, parameters?: readonly ColumnValue[]): Promise<number>;
  /** Inserts rows that all have the same columns, in as few steps as the database allows. */
  insert(table: string, rows: readonly Row[]): Promise<void>;
}

export interface DriverConnection {
  readonly provider: "sqlite" | "postgresql";
  /**
   * Runs the work in one transaction that holds the write lock from its first statement on (the
   * row of "Ground", see prisma/schema.prisma), and commits durably before it resolves.
   */
  transaction<T>(work: (transaction: DriverTransaction) => Promise<T>): Promise<T>;
  /** A query outside a transaction. */
  all(sql: string, parameters?: readonly ColumnValue[]): Promise<Row[]>;
  close(): Promise<void>;
}

const TAKE_WRITE_LOCK = 'UPDATE "Ground" SET "id" = 1 WHERE "id" = 1';

/** How long a writer of another process is waited for before the work fails. */
const LOCK_PATIENCE_MS = 15_000;

/** Columns of times: SQLite holds them as milliseconds, so reading needs to be told. */
const isTimeColumn = (name: string) =>
  /(?:At|Until|Since|notBefore|notAfter|thisUpdate|nextUpdate|^at)$/.test(name);

/** Serials, fingerprints and names land anywhere in their indexes; SQLite's own cache is 2 MB. */
const CACHE_MB = 128;

/**
 * Opens a connection of its own.
 *
 * @param database which database, from the settings
 * @param cacheMb how much of a SQLite database it may keep in memory
 */
export async function openDriver(
  database: Config["database"],
  cacheMb: number = CACHE_MB,
): Promise<DriverConnection> {
  return database.provider === "sqlite" ? openSqlite(database.file, cacheMb) : openPostgresql(database.url);
}

async function openSqlite(file: string, cacheMb: number): Promise<DriverConnection> {
  await enterWriteAheadLog(file);
  // Opening may wait for a process that opens or recovers at the same time; writing never waits
  // inside SQLite, where it would stop the whole thread.
  const connection = new Sqlite(file, { timeout: 5_000 });
  connection.pragma("synchronous = FULL");
  connection.pragma("foreign_keys = ON");
  // The default of 1,000 pages makes a burst of issuance pay for a checkpoint every few commits.
  connection.pragma("wal_autocheckpoint = 16000");
  connection.pragma(`cache_size = -${cacheMb * 1024}`);
  connection.pragma("busy_timeout = 0");
  if (connection.pragma("synchronous", { simple: true }) !== 2) throw new Error("synchronous is not FULL");
  const statements = new Map<string, Sqlite.Statement>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = connection.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const all = async (sql: string, parameters: readonly ColumnValue[] = []) => {
    const statement = prepare(sql);
    const times = timeColumnsOf(statement);
    const rows = statement.all(parameters.map(toSqlite)) as Row[];
    return times.length === 0 ? rows : rows.map((row) => fromSqlite(row, times));
  };
  const steps: DriverTransaction = {
    all,
    run: async (sql, parameters = []) => prepare(sql).run(parameters.map(toSqlite)).changes,
    insert: async (table, rows) => {
      const columns = Object.keys(rows[0] ?? {});
      if (columns.length === 0) return;
      const statement = prepare(
        `INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
      );
      for (const row of rows) statement.run(columns.map((column) => toSqlite(row[column] ?? null)));
    },
  };
  const inOrder = oneAfterTheOther();
  return {
    provider: "sqlite",
    all: (sql, parameters) => inOrder(() => all(sql, parameters)),
    transaction: (work) =>
      inOrder(async () => {
        await beginPatiently(connection);
        try {
          const result = await work(steps);
          connection.exec("COMMIT");
          return result;
        } catch (error) {
          if (connection.inTransaction) connection.exec("ROLLBACK");
          throw error;
        }
      }),
    async close() {
      connection.close();
    },
  };
}

/** Waiting inside SQLite would stop the whole thread, so it is asked again a little later instead. */
async function beginPatiently(connection: Sqlite.Database): Promise<void> {
  const until = Date.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      connection.exec("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      const busy = error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
      if (!busy) throw error;
      if (Date.now() > until) {
        throw new DomainError("unavailable", "Another process holds the database; try again in a moment.", {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

function toSqlite(value: ColumnValue): string | number | bigint | null | Uint8Array {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "boolean") return value ? 1 : 0;
  return value;
}

const timeColumns = new WeakMap<Sqlite.Statement, string[]>();

/** Names are looked at once for each statement, not for each row. */
function timeColumnsOf(statement: Sqlite.Statement): string[] {
  let names = timeColumns.get(statement);
  if (names === undefined) {
    names = statement
      .columns()
      .map(({ name }) => name)
      .filter(isTimeColumn);
    timeColumns.set(statement, names);
  }
  return names;
}

function fromSqlite(row: Row, times: readonly string[]): Row {
  for (const name of times) {
    const value = row[name];
    if (typeof value === "number") row[name] = new Date(value);
  }
  return row;
}

/** PostgreSQL's timestamp without a zone, which is how the model stores UTC. */
const TIMESTAMP = 1114;
const types = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === TIMESTAMP
      ? (text: string) => new Date(`${text.replace(" ", "T")}Z`)
      : pg.types.getTypeParser(oid, format as "text")) as typeof pg.types.getTypeParser,
};

/** The most parameters of one statement in PostgreSQL's protocol is 65,535. */
const PARAMETERS_MAX = 30_000;

async function openPostgresql(connectionString: string): Promise<DriverConnection> {
  let current: Promise<pg.Client> | undefined;
  /** The one connection, made anew after a loss; callers that come at once share the attempt. */
  const connected = (): Promise<pg.Client> => {
    current ??= connect(connectionString, () => {
      current = undefined;
    }).catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };
  const inOrder = oneAfterTheOther();
  const reached = <T>(work: () => Promise<T>): Promise<T> =>
    inOrder(async () => {
      try {
        return await work();
      } catch (error) {
        throw isConnectionLoss(error) ? unreachable(error) : error;
      }
    });
  await connected();
  return {
    provider: "postgresql",
    all: (sql, parameters = []) => reached(async () => queryRows(await connected(), sql, parameters)),
    transaction: (work) => reached(async () => transact(await connected(), work)),
    async close() {
      await (await current)?.end();
    },
  };
}

/** How long a statement or an open transaction may take before the server ends it. */
const STATEMENT_MS = 30_000;

async function connect(connectionString: string, onLoss: () => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    types,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: STATEMENT_MS + 5_000,
    statement_timeout: STATEMENT_MS,
    // A process that stopped in the middle must not hold the write lock of all others.
    idle_in_transaction_session_timeout: STATEMENT_MS,
  });
  client.on("error", onLoss);
  client.on("end", onLoss);
  giveUpWhenSilent(client);
  await client.connect();
  // What is asked here is small and asked often; compiling a plan whose cost is overrated takes longer than all of it.
  await client.query("SET jit = off").catch(async (error: unknown) => {
    await client.end().catch(() => undefined);
    throw error;
  });
  return client;
}

/** Everything of a transaction runs on the connection that began it: after a loss nothing is half-way. */
async function transact<T>(
  client: pg.Client,
  work: (transaction: DriverTransaction) => Promise<T>,
): Promise<T> {
  try {
    await client.query(`BEGIN; ${TAKE_WRITE_LOCK}`);
    const result = await work(postgresqlSteps(client));
    // The server answers a COMMIT of a failed transaction with ROLLBACK, and calls that no error.
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error(`the transaction was not committed but ended by ${command}`);
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

function postgresqlSteps(client: pg.Client): DriverTransaction {
  return {
    all: (sql, parameters = []) => queryRows(client, sql, parameters),
    run: async (sql, parameters = []) =>
      (await client.query({ ...prepared(sql), values: parameters.map(toPostgresql) })).rowCount ?? 0,
    insert: async (table, rows) => {
      const columns = Object.keys(rows[0] ?? {});
      if (columns.length === 0) return;
      const perStatement = Math.floor(PARAMETERS_MAX / columns.length);
      for (let start = 0; start < rows.length; start += perStatement) {
        const part = rows.slice(start, start + perStatement);
        const tuples = part.map(
          (_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(", ")})`,
        );
        await client.query(
          `INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join(", ")}) VALUES ${tuples.join(", ")}`,
          part.flatMap((row) => columns.map((column) => toPostgresql(row[column] ?? null))),
        );
      }
    },
  };
}

async function queryRows(client: pg.Client, sql: string, parameters: readonly ColumnValue[]): Promise<Row[]> {
  return (await client.query<Row>({ ...prepared(sql), values: parameters.map(toPostgresql) })).rows;
}

/** Classes 08 (connection) and 57P (shutdown) of PostgreSQL, and what the socket says. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = String((error as NodeJS.ErrnoException).code ?? "");
  return (
    /^(08|57P|25P03)/.test(code) ||
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)/.test(code) ||
    /Connection terminated|not queryable|connection timeout|Query read timeout/i.test(error.message)
  );
}

function unreachable(cause: unknown): DomainError {
  return new DomainError("unavailable", "The database cannot be reached just now; try again in a moment.", {
    cause,
  });
}

/** Runs pieces of work one after the other, whatever becomes of each: one connection has one transaction. */
function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}

/** More would only fill the server's memory: a statement for each length of a list is not asked again. */
const PREPARED_MAX = 300;

const preparedStatements = new Map<string, { name?: string; text: string }>();

/**
 * `?` to `$1`, `$2`, …; our statements hold no question mark otherwise. With a name, by which the server keeps the
 * statement and its plan for the connection: for short ones planning takes longer than all else.
 */
function prepared(sql: string): { name?: string; text: string } {
  const known = preparedStatements.get(sql);
  if (known !== undefined) return known;
  let position = 0;
  const text = sql.replaceAll("?", () => `$${++position}`);
  if (preparedStatements.size >= PREPARED_MAX) return { text };
  const statement = { name: `s${preparedStatements.size}`, text };
  preparedStatements.set(sql, statement);
  return statement;
}

function toPostgresql(value: ColumnValue): unknown {
  // Written out, because the driver would use the machine's time zone.
  if (value instanceof Date) return value.toISOString().replace("Z", "");
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}
