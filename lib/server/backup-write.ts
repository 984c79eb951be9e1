import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  createWriteStream,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Config, ConfigError } from "#lib/config.ts";
import { knownMigrations } from "#lib/database-migrations.ts";
import { openSnapshot, type Snapshot } from "#lib/database-snapshot.ts";
import { DomainError } from "#lib/errors.ts";
import type { MasterKey } from "#lib/master-key.ts";
import {
  type BackupHeader,
  encodeRow,
  FORMAT,
  LEFT_OUT,
  sealOf,
  VERSION,
} from "#lib/server/backup-format.ts";
import { readWholeBackup } from "#lib/server/backup-read.ts";

export interface WrittenBackup {
  header: BackupHeader;
  /** Rows of each table. */
  rows: Record<string, number>;
  bytes: number;
}

/**
 * Writes a backup of the present moment while others go on working, reads it again to be sure, and only then
 * gives it its name.
 *
 * @param file absolute path
 * @param options `replace`: take the place of a file that is there
 * @throws ConfigError when there is no database, or it is not this master key's
 * @throws DomainError `conflict` when the file is there already
 */
export async function writeBackup(
  config: Config,
  masterKey: MasterKey,
  file: string,
  options: { now: Date; replace: boolean },
): Promise<WrittenBackup> {
  if (!options.replace && existsSync(file)) throw alreadyThere(file);
  const snapshot = await openSnapshot(config.database);
  if (snapshot === null)
    throw new ConfigError("There is no database to back up yet: start Countersign first.");
  const unfinished = `${file}.unfinished-${randomBytes(4).toString("hex")}`;
  try {
    const header = await headerOf(snapshot, config, masterKey, options.now);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const sink = createWriteStream(unfinished, { flags: "wx", mode: 0o600, flush: true });
    // The lowest level is half as large as none and hardly slower; the highest gains a tenth more.
    await pipeline(Readable.from(linesOf(snapshot, header, masterKey)), createGzip({ level: 1 }), sink);
    const rows = await readWholeBackup(unfinished, masterKey);
    giveName(unfinished, file, options.replace);
    return { header, rows, bytes: statSync(file).size };
  } finally {
    rmSync(unfinished, { force: true });
    await snapshot.close();
  }
}

async function headerOf(
  snapshot: Snapshot,
  config: Config,
  masterKey: MasterKey,
  now: Date,
): Promise<BackupHeader> {
  const known = knownMigrations(config.database.provider, config.root);
  if (!known.some(({ name }) => name === snapshot.migration)) {
    throw new ConfigError(
      `The database is newer than this version of Countersign (it holds the migration ${snapshot.migration}): back it up with the newer version.`,
    );
  }
  const ground = await groundOf(snapshot);
  if (ground.masterKeyCheck !== masterKey.check()) {
    throw new ConfigError(
      "The master key is not the one with which this database was made, so a backup made with it could not be restored: set the right COUNTERSIGN_MASTER_KEY or master-key file.",
    );
  }
  return {
    format: FORMAT,
    version: VERSION,
    migration: snapshot.migration,
    createdAt: now.toISOString(),
    provider: config.database.provider,
    ...ground,
  };
}

async function groundOf(
  snapshot: Snapshot,
): Promise<Pick<BackupHeader, "auditSequence" | "auditHead" | "masterKeyCheck">> {
  const table = snapshot.tables.find(({ name }) => name === "Ground");
  for await (const [row] of table === undefined ? [] : snapshot.rows(table)) {
    const at = (column: string) => row?.[table?.columns.findIndex(([name]) => name === column) ?? -1];
    return {
      auditSequence: Number(at("auditSequence")),
      auditHead: String(at("auditHead")),
      masterKeyCheck: String(at("masterKeyCheck")),
    };
  }
  throw new ConfigError("There is nothing to back up yet: the database was never started with.");
}

async function* linesOf(
  snapshot: Snapshot,
  header: BackupHeader,
  masterKey: MasterKey,
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  const hashed = (text: string) => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    return bytes;
  };
  yield hashed(`${JSON.stringify(header)}\n`);
  const rows: Record<string, number> = {};
  for (const table of snapshot.tables.filter(({ name }) => !LEFT_OUT.includes(name))) {
    yield hashed(`${JSON.stringify({ table: table.name, columns: table.columns })}\n`);
    rows[table.name] = 0;
    for await (const slice of snapshot.rows(table)) {
      yield hashed(slice.map((row) => `${encodeRow(row)}\n`).join(""));
      rows[table.name] = (rows[table.name] ?? 0) + slice.length;
    }
  }
  const sha256 = hash.digest("hex");
  yield Buffer.from(`${JSON.stringify({ end: FORMAT, rows, sha256, seal: sealOf(sha256, masterKey) })}\n`);
}

function giveName(unfinished: string, file: string, replace: boolean): void {
  try {
    if (replace) renameSync(unfinished, file);
    else linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw alreadyThere(file);
    throw error;
  }
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
}

function alreadyThere(file: string): DomainError {
  return new DomainError(
    "conflict",
    `${file} is there already: name another file, or add --replace to write over it.`,
  );
}
