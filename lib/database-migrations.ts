import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from "@prisma/driver-adapter-utils";
import Sqlite from "better-sqlite3";
import pg from "pg";
import { type Config, ConfigError } from "#lib/config.ts";

/**
 * The database brings itself up to date at start, in-process: Prisma's schema engine as WebAssembly
 * with the driver adapter. The `prisma migrate` command would download a binary.
 */

type Target = Config["database"];

interface SchemaEngine {
  applyMigrations(input: object): Promise<{ appliedMigrationNames: string[] }>;
  diff(input: object): Promise<{ stdout: string | null }>;
  free(): void;
}

interface EngineModule {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  SchemaEngine: {
    new: (options: object, log: (line: string) => void, factory: object) => Promise<SchemaEngine>;
  };
}

const NO_FILTER = { externalTables: [], externalEnums: [] };

/**
 * Applies what is missing, one process at a time.
 *
 * @param target which database
 * @param root absolute path of the project
 * @returns the names of the migrations that were applied just now
 * @throws ConfigError when the database cannot be reached or is newer than this code
 */
export async function migrate(target: Target, root: string): Promise<string[]> {
  return withMigrationLock(target, () => migrateAlone(target, root));
}

/**
 * The same for a database that no other process can be at, or whose lock is held already.
 *
 * @param upTo the last migration to apply; default all
 */
export async function migrateAlone(target: Target, root: string, upTo?: string): Promise<string[]> {
  const all = readMigrations(target.provider, root);
  const migrations = all.filter(({ path }) => upTo === undefined || path <= upTo);
  const applied = await appliedMigrations(target);
  const known = new Set(all.map((migration) => migration.path));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ConfigError(
      `The database is newer than this version of Countersign (it holds the migration ${unknown}): start the newer version, or restore a backup of this one.`,
    );
  }
  if (migrations.every((migration) => applied.includes(migration.path))) return [];
  await forgetInterrupted(target);
  const { engine, close } = await openEngine(target);
  try {
    const result = await engine.applyMigrations({
      migrationsList: migrationList(target.provider, root, migrations),
      filters: NO_FILTER,
    });
    return result.appliedMigrationNames;
  } finally {
    await close();
  }
}

/**
 * The migrations that this version knows, in their order: name, statements, and the checksum by which the engine
 * recognises each.
 */
export function knownMigrations(
  provider: Target["provider"],
  root: string,
): { name: string; script: string; checksum: string }[] {
  return readMigrations(provider, root).map(({ path, script, migrationFile }) => ({
    name: path,
    script,
    checksum: createHash("sha256").update(migrationFile.content.value).digest("hex"),
  }));
}

/**
 * The SQL that leads from one model to another, in the dialect of the target; empty when they
 * agree. For writing a migration, and for the test that none was forgotten.
 *
 * @param before text of prisma/schema.prisma (or postgresql.prisma) as it was; null for none
 * @param after as it is
 */
export async function modelDifference(target: Target, before: string | null, after: string): Promise<string> {
  const { engine, close } = await openEngine(target);
  const model = (content: string) => ({
    tag: "schemaDatamodel",
    files: [{ path: "schema.prisma", content }],
  });
  try {
    const result = await engine.diff({
      from: before === null ? { tag: "empty" } : model(before),
      to: model(after),
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: NO_FILTER,
    });
    const script = result.stdout ?? "";
    // The schema "public" exists, and making it anew takes rights that the owner of a database may lack.
    return script.includes("This is an empty migration") ? "" : script.replace(/-- CreateSchema\n.*\n\n/, "");
  } finally {
    await close();
  }
}

interface MigrationFolder {
  path: string;
  /** The statements alone. */
  script: string;
  migrationFile: { path: string; content: { tag: "ok"; value: string } };
}

function readMigrations(provider: Target["provider"], root: string): MigrationFolder[] {
  const base = join(root, "prisma", "migrations", provider);
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((path) => {
      const script = readFileSync(join(base, path, "migration.sql"), "utf8");
      const content = { tag: "ok" as const, value: whole(provider, path, script) };
      return { path, script, migrationFile: { path: "migration.sql", content } };
    });
}

/**
 * A migration that is done whole or not at all, and is known to be done in the same moment: the engine marks it
 * afterwards, and would ask for a person's help when the process was killed in between. In SQLite foreign keys can
 * only be switched off before a transaction begins.
 */
function whole(provider: Target["provider"], name: string, script: string): string {
  const done = `UPDATE "_prisma_migrations" SET "finished_at" = CURRENT_TIMESTAMP WHERE "migration_name" = '${name}';`;
  if (provider === "postgresql") return `BEGIN;\n${script}\n${done}\nCOMMIT;\n`;
  return `PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n${script}\n${done}\nCOMMIT;\nPRAGMA foreign_keys = ON;\n`;
}

/** Marks of migrations that were begun and, as they are done whole, had no effect. */
async function forgetInterrupted(target: Target): Promise<void> {
  const statement = 'DELETE FROM "_prisma_migrations" WHERE "finished_at" IS NULL';
  if (target.provider === "sqlite") {
    const connection = new Sqlite(target.file);
    const table = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'").get();
    if (table !== undefined) connection.exec(statement);
    connection.close();
    return;
  }
  const client = await connectPostgresql(target.url);
  const table = await client.query("SELECT to_regclass('_prisma_migrations') AS present");
  if (table.rows[0]?.present !== null) await client.query(statement);
  await client.end();
}

function migrationList(provider: Target["provider"], root: string, migrations: MigrationFolder[]) {
  return {
    baseDir: join(root, "prisma", "migrations", provider),
    lockfile: { path: "migration_lock.toml", content: `provider = "${provider}"\n` },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ path, migrationFile }) => ({ path, migrationFile })),
  };
}

async function openEngine(target: Target): Promise<{ engine: SchemaEngine; close(): Promise<void> }> {
  const factory =
    target.provider === "sqlite"
      ? new PrismaBetterSqlite3({ url: target.file }, { timestampFormat: "unixepoch-ms" })
      : // The adapter sends a script statement by statement: one connection makes them one transaction.
        new PrismaPg({ connectionString: target.url, max: 1 });
  // The engine never closes a connection; an open one keeps SQLite from changing to WAL.
  const connections: { dispose(): Promise<void> }[] = [];
  const remember = async <T extends { dispose(): Promise<void> }>(connecting: Promise<T>): Promise<T> => {
    const connection = await connecting;
    connections.push(connection);
    return connection;
  };
  const watched = bindMigrationAwareSqlAdapterFactory({
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => remember<SqlDriverAdapter>(factory.connect()),
    connectToShadowDb: () => remember<SqlDriverAdapter>(factory.connectToShadowDb()),
  });
  const { SchemaEngine } = await engineModule();
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, watched);
  return {
    engine,
    async close() {
      engine.free();
      for (const connection of connections) await connection.dispose();
    },
  };
}

const shared = globalThis as typeof globalThis & {
  countersignEngine?: Promise<EngineModule>;
  /** Where the engine reports why it gave up; it fails without. */
  PRISMA_WASM_PANIC_REGISTRY?: { set_message(message: string): void };
};

/**
 * The engine, once per process (its glue code keeps one instance in a variable). The package's
 * own entry imports a .wasm file, which Node does not do without a flag.
 */
function engineModule(): Promise<EngineModule> {
  shared.countersignEngine ??= (async () => {
    shared.PRISMA_WASM_PANIC_REGISTRY = {
      set_message(message) {
        throw new Error(`Prisma's schema engine failed: ${message}`);
      },
    };
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve("@prisma/schema-engine-wasm"));
    const glue = (await import("@prisma/schema-engine-wasm/schema_engine_bg")) as unknown as EngineModule;
    const bytes = new Uint8Array(readFileSync(join(folder, "schema_engine_bg.wasm")));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      "./schema_engine_bg.js": glue as unknown as WebAssembly.ModuleImports,
    });
    glue.__wbg_set_wasm(instance.exports);
    (instance.exports.__wbindgen_start as () => void)();
    return glue;
  })();
  return shared.countersignEngine;
}

/** The names of the migrations that a database holds; none when it is empty. */
export async function appliedMigrations(target: Target): Promise<string[]> {
  const query = 'SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL';
  if (target.provider === "sqlite") {
    const connection = new Sqlite(target.file);
    try {
      const table = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'").get();
      if (table === undefined) return [];
      return (connection.prepare(query).all() as { migration_name: string }[]).map(
        (row) => row.migration_name,
      );
    } finally {
      connection.close();
    }
  }
  const client = await connectPostgresql(target.url);
  try {
    const table = await client.query("SELECT to_regclass('_prisma_migrations') AS present");
    if (table.rows[0]?.present === null) return [];
    const result = await client.query<{ migration_name: string }>(query);
    return result.rows.map((row) => row.migration_name);
  } finally {
    await client.end();
  }
}

/**
 * Runs work while no other process brings the database up to date: an advisory lock in PostgreSQL, a locked
 * neighbour file for SQLite. Both vanish with their process.
 */
export async function withMigrationLock<T>(target: Target, work: () => Promise<T>): Promise<T> {
  if (target.provider === "sqlite") {
    mkdirSync(dirname(target.file), { recursive: true });
    const lock = new Sqlite(`${target.file}.migrating`, { timeout: 60_000 });
    try {
      lock.exec("BEGIN EXCLUSIVE");
      return await work();
    } finally {
      lock.close();
    }
  }
  const client = await connectPostgresql(target.url);
  try {
    await client.query("SELECT pg_advisory_lock(1129333075)");
    return await work();
  } finally {
    await client.end();
  }
}

/**
 * A connection without time limits, for work that takes long.
 *
 * @param limits those that the work bears, beside the one for connecting
 * @throws ConfigError when it cannot be made
 */
export async function connectPostgresql(
  connectionString: string,
  limits: pg.ClientConfig = {},
): Promise<pg.Client> {
  const client = new pg.Client({ ...limits, connectionString, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new ConfigError(
      `The database of DATABASE_URL cannot be reached (${error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : "unknown reason"}): is PostgreSQL running, and are host, user and database name right?`,
      { cause: error },
    );
  }
}
