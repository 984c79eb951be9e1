import { randomUUID } from "node:crypto";
import type pg from "pg";
import { connectPostgresql, knownMigrations } from "#lib/database-migrations.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import {
  columnList,
  type StoredTable,
  type StoredValue,
  tablesOfPostgresql,
} from "#lib/database-snapshot.ts";
import { DomainError } from "#lib/errors.ts";

/** The schema in which the new tables are made; it never outlives the transaction. */
const SCRATCH = "countersign_restoring";

/** So many rows of the old database are in memory at once. */
const SLICE = 500;

/** As Prisma makes it. */
const MIGRATIONS_TABLE = `CREATE TABLE "_prisma_migrations" (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/**
 * One transaction: the new tables are made in a schema of their own, the old ones are moved into another that
 * is kept, and the new ones into their place.
 */
export async function replacePostgresql(url: string, root: string, migration: string): Promise<Replacement> {
  const client = await connectPostgresql(url);
  // The end of a connection is told by the statement that fails; unheard, the event would end the process.
  client.on("error", () => {});
  try {
    await refuseOthers(client);
    await client.query("BEGIN");
    const oldTables = await tablesIn(client, "public");
    const isOurs = oldTables.includes("_prisma_migrations") && oldTables.includes("Ground");
    if (!isOurs && oldTables.length > 0) {
      throw new DomainError(
        "conflict",
        `The database holds tables that are not Countersign's (${oldTables.slice(0, 3).join(", ")}): name one of its own with DATABASE_URL.`,
      );
    }
    await makeSchema(client, SCRATCH);
    await client.query(`SET LOCAL search_path = ${SCRATCH}`);
    await applyMigrations(client, root, migration);
    const afterwards = await dropIndexesAndReferences(client);
    return {
      tables: await tablesOfPostgresql(client, SCRATCH),
      replaced: isOurs ? "readable" : "nothing",
      insert: (table, rows) => insertRows(client, table, rows),
      async finishRows() {
        for (const statement of afterwards) await client.query(statement);
        await advanceSequences(client);
      },
      time: withoutZone,
      async query(sql, parameters = []) {
        return (await client.query<Record<string, StoredValue>>(numbered(sql), [...parameters])).rows;
      },
      async reading(work) {
        await client.query("SAVEPOINT reading");
        try {
          return await work();
        } catch (error) {
          if (!isDamage(error)) throw error;
          await client.query("ROLLBACK TO SAVEPOINT reading");
          return null;
        }
      },
      queryReplaced: (sql) => rowsOfOld(client, sql),
      async commit(suffix) {
        const kept = isOurs ? suffix.replaceAll("-", "_") : null;
        if (kept !== null) {
          await makeSchema(client, kept);
          await moveTables(client, "public", kept, oldTables);
        }
        await moveTables(client, SCRATCH, "public", await tablesIn(client, SCRATCH));
        await client.query(`DROP SCHEMA ${SCRATCH}`);
        await refuseOthers(client);
        // The server answers a COMMIT of a failed transaction with ROLLBACK, and calls that no error.
        const { command } = await client.query("COMMIT");
        if (command !== "COMMIT") throw new Error(`the restore was not committed but ended by ${command}`);
        await client.query("ANALYZE");
        await client.end();
        return kept;
      },
      async abandon() {
        await client.query("ROLLBACK").catch(() => {});
        await client.end().catch(() => {});
      },
    };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** Classes 58 (system error) and XX (internal error, such as a damaged page), and a column or table that is missing. */
function isDamage(error: unknown): boolean {
  return /^(58|XX|42P01|42703)/.test(String((error as { code?: unknown }).code ?? ""));
}

/** How long connections whose process has just ended are waited for. */
const PATIENCE_MS = 5_000;

async function refuseOthers(client: pg.Client): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const others = await otherConnections(client);
    if (others.length === 0) return;
    if (Date.now() > until) {
      throw new DomainError(
        "conflict",
        `Others are connected to the database (${others.join(", ")}): stop every instance, and whatever else uses it.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Whoever waits for, or holds, a lock of ours is either this process or will begin afresh afterwards. */
async function otherConnections(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    `SELECT coalesce(nullif(a.application_name, ''), a.usename::text, 'somebody') || coalesce(' at ' || host(a.client_addr), '') AS who
     FROM pg_stat_activity a
     WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
       AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')`,
  );
  return [...new Set(rows.map(({ who }) => who))];
}

async function makeSchema(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`CREATE SCHEMA "${name}"`);
  } catch (error) {
    if ((error as { code?: string }).code !== "42501") throw error;
    throw new DomainError(
      "forbidden",
      "This user may not make a schema in the database, which a restore needs: let its owner GRANT CREATE ON DATABASE.",
      { cause: error },
    );
  }
}

/** Tables of a schema that no extension brought. */
async function tablesIn(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
     ORDER BY c.relname`,
    [schema],
  );
  return rows.map(({ relname }) => relname);
}

async function moveTables(client: pg.Client, from: string, to: string, tables: string[]): Promise<void> {
  for (const table of tables) await client.query(`ALTER TABLE "${from}"."${table}" SET SCHEMA "${to}"`);
}

async function applyMigrations(client: pg.Client, root: string, upTo: string): Promise<void> {
  await client.query(MIGRATIONS_TABLE);
  for (const { name, script, checksum } of knownMigrations("postgresql", root)) {
    if (name > upTo) break;
    await client.query(script);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), $3, 1)`,
      [randomUUID(), checksum, name],
    );
  }
}

/** Rows come in any order, so references cannot hold before the last; making an index afterwards is faster. */
async function dropIndexesAndReferences(client: pg.Client): Promise<string[]> {
  const indexes = await client.query<{ name: string; definition: string }>(
    `SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
     WHERE n.nspname = $1 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u'))`,
    [SCRATCH],
  );
  const references = await client.query<{ table: string; name: string; definition: string }>(
    `SELECT t.relname AS table, c.conname AS name, pg_get_constraintdef(c.oid) AS definition
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE c.contype = 'f' AND n.nspname = $1`,
    [SCRATCH],
  );
  for (const { table, name } of references.rows) {
    await client.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`);
  }
  for (const { name } of indexes.rows) await client.query(`DROP INDEX "${name}"`);
  return [
    ...indexes.rows.map(({ definition }) => definition),
    ...references.rows.map(
      ({ table, name, definition }) => `ALTER TABLE "${table}" ADD CONSTRAINT "${name}" ${definition}`,
    ),
  ];
}

async function insertRows(
  client: pg.Client,
  table: StoredTable,
  rows: readonly (readonly StoredValue[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = columnList(table);
  const objects = rows.map((row) =>
    Object.fromEntries(table.columns.map(([name, type], at) => [name, asJson(row[at] ?? null, type)])),
  );
  await client.query({
    name: `fill ${table.name}`,
    text: `INSERT INTO "${table.name}" (${columns})
      SELECT ${columns} FROM json_populate_recordset(NULL::"${table.name}", $1::json)`,
    values: [JSON.stringify(objects)],
  });
}

/** A value as PostgreSQL reads it from JSON. */
function asJson(
  value: StoredValue,
  type: StoredTable["columns"][number][1],
): string | number | boolean | null {
  if (value === null) return null;
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
  return type === "time" && typeof value === "number" ? withoutZone(new Date(value)) : value;
}

/** As columns of the type timestamp hold it: in UTC, without saying so. */
function withoutZone(at: Date): string {
  return at.toISOString().replace("Z", "");
}

/** A sequence knows nothing of numbers that were written without it. */
async function advanceSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `SELECT table_name AS "table", column_name AS "column",
            pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name) AS sequence
     FROM information_schema.columns WHERE table_schema = $1 AND column_default LIKE 'nextval(%'`,
    [SCRATCH],
  );
  for (const { table, column, sequence } of rows) {
    await client.query(
      `SELECT setval($1, coalesce((SELECT max("${column}") FROM "${table}"), 0) + 1, false)`,
      [sequence],
    );
  }
}

async function* rowsOfOld(client: pg.Client, sql: string): AsyncGenerator<Record<string, StoredValue>[]> {
  await client.query("SET LOCAL search_path = public");
  await client.query(`DECLARE slices NO SCROLL CURSOR FOR ${sql}`);
  await client.query(`SET LOCAL search_path = ${SCRATCH}`);
  try {
    for (;;) {
      const { rows } = await client.query<Record<string, StoredValue>>(`FETCH ${SLICE} FROM slices`);
      if (rows.length === 0) break;
      yield rows;
    }
  } finally {
    // After an error the transaction takes no statement, and the cursor goes with it.
    await client.query("CLOSE slices").catch(() => {});
  }
}

function numbered(sql: string): string {
  let position = 0;
  return sql.replaceAll("?", () => `$${++position}`);
}
