import { createHash, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { ConfigError } from "#lib/config.ts";
import type { StoredTable, StoredValue } from "#lib/database-snapshot.ts";
import { type DomainError, malformed } from "#lib/errors.ts";
import type { MasterKey } from "#lib/master-key.ts";
import {
  type BackupHeader,
  type BackupTrailer,
  decodeRow,
  FORMAT,
  headerSchema,
  sealOf,
  tableSchema,
  trailerSchema,
  VERSION,
} from "#lib/server/backup-format.ts";

/** A piece of a backup, in the order of the file. */
export type BackupPart =
  | { header: BackupHeader }
  | { table: StoredTable }
  | { rows: StoredValue[][]; of: StoredTable };

/** So many rows are handed on at once. */
const SLICE = 500;

/** The longest line: the largest row holds an imported file's unreadable part, a few megabytes in base64. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Reads a backup piece by piece. That it is whole and unchanged is known when the last piece has been read:
 * until then nothing of it counts.
 *
 * @param file path of the backup
 * @param masterKey tried on the header, before the first row
 * @throws DomainError `malformed` when it is no backup, of a newer format, cut off or altered
 * @throws ConfigError when it was made under another master key
 */
export async function* readBackup(
  file: string,
  masterKey: MasterKey,
): AsyncGenerator<BackupPart, BackupTrailer> {
  const hash = createHash("sha256");
  const counted: Record<string, number> = {};
  let table: StoredTable | undefined;
  let rows: StoredValue[][] = [];
  let header: BackupHeader | undefined;
  let trailer: BackupTrailer | undefined;
  for await (const line of linesOf(file)) {
    if (trailer !== undefined) throw damaged("something stands after its end");
    const value = parseLine(line, header === undefined);
    if (header === undefined) {
      header = checkHeader(value, masterKey);
      yield { header };
    } else if (Array.isArray(value)) {
      if (table === undefined) throw damaged("a row stands before the first table");
      rows.push(decodeRow(table, value));
      counted[table.name] = (counted[table.name] ?? 0) + 1;
      if (rows.length === SLICE) {
        yield { rows, of: table };
        rows = [];
      }
    } else {
      if (table !== undefined && rows.length > 0) yield { rows, of: table };
      rows = [];
      const end = trailerSchema.safeParse(value);
      if (end.success) {
        trailer = end.data;
        continue;
      }
      table = checkTable(value, counted);
      counted[table.name] = 0;
      yield { table };
    }
    hash.update(line).update("\n");
  }
  if (trailer === undefined) throw damaged("its end is missing");
  checkTrailer(trailer, counted, hash.digest("hex"), masterKey);
  return trailer;
}

/**
 * Reads a backup to its end, to know that it is whole.
 *
 * @returns how many rows each table has
 * @throws as `readBackup`
 */
export async function readWholeBackup(file: string, masterKey: MasterKey): Promise<Record<string, number>> {
  const parts = readBackup(file, masterKey);
  for (;;) {
    const step = await parts.next();
    if (step.done) return step.value.rows;
  }
}

/** Reads no further than the header. @throws as `readBackup` */
export async function readBackupHeader(file: string, masterKey: MasterKey): Promise<BackupHeader> {
  for await (const part of readBackup(file, masterKey)) if ("header" in part) return part.header;
  throw damaged("it is empty");
}

function checkHeader(value: unknown, masterKey: MasterKey): BackupHeader {
  const header = headerSchema.safeParse(value);
  if (!header.success) throw notABackup();
  if (header.data.version > VERSION) {
    throw malformed(
      "from",
      "backup.version",
      `The backup was written by a newer version of Countersign (format ${header.data.version}, this one knows ${VERSION}): restore it with that version.`,
    );
  }
  if (header.data.masterKeyCheck !== masterKey.check()) {
    throw new ConfigError(
      "The master key is not the one under which this backup was made: set COUNTERSIGN_MASTER_KEY or the master-key file to that one.",
    );
  }
  return header.data;
}

function checkTable(value: unknown, counted: Record<string, number>): StoredTable {
  const parsed = tableSchema.safeParse(value);
  if (!parsed.success) throw damaged("a line is neither a row nor a table");
  const { table: name, columns } = parsed.data;
  if (Object.hasOwn(counted, name)) throw damaged(`the table ${name} stands in it twice`);
  return { name, columns };
}

function checkTrailer(
  trailer: BackupTrailer,
  counted: Record<string, number>,
  sha256: string,
  masterKey: MasterKey,
): void {
  if (trailer.sha256 !== sha256) throw damaged("its checksum does not fit its content");
  const names = new Set([...Object.keys(trailer.rows), ...Object.keys(counted)]);
  for (const name of names) {
    if (trailer.rows[name] !== counted[name]) throw damaged(`the number of rows of ${name} is another`);
  }
  if (!timingSafeEqual(Buffer.from(sealOf(sha256, masterKey)), Buffer.from(trailer.seal))) {
    throw malformed(
      "from",
      "backup.seal",
      "The backup was changed by somebody without the master key: its seal does not fit.",
    );
  }
}

function parseLine(line: Buffer, isFirst: boolean): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch (error) {
    throw isFirst ? notABackup(error) : damaged("a line is not JSON", error);
  }
}

/** Lines without their line feed. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const unpacked = createGunzip({ chunkSize: 256 * 1024 });
  source.once("error", (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  let begun: Buffer[] = [];
  let length = 0;
  let seen = false;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        const rest = chunk.subarray(from, at);
        yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
        seen = true;
        begun = [];
        length = 0;
        from = at + 1;
      }
      const rest = chunk.subarray(from);
      length += rest.length;
      if (length > LINE_BYTES_MAX) throw damaged("a line is longer than any row");
      if (rest.length > 0) begun.push(rest);
    }
  } catch (error) {
    throw unpackingFault(error);
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  if (length > 0) throw seen ? damaged("its end is missing") : notABackup();
}

function unpackingFault(error: unknown): unknown {
  const code = String((error as NodeJS.ErrnoException).code ?? "");
  if (code === "ENOENT" || code === "EISDIR") {
    return malformed("from", "backup.file", "There is no such file.", error);
  }
  if (code === "EACCES") return malformed("from", "backup.file", "The file may not be read.", error);
  if (code === "Z_BUF_ERROR") return damaged("it is cut off", error);
  if (code.startsWith("Z_")) {
    const isGzip = !(error as Error).message.includes("incorrect header check");
    return isGzip ? damaged("it cannot be unpacked", error) : notABackup(error);
  }
  return error;
}

function notABackup(cause?: unknown): DomainError {
  return malformed("from", "backup.format", `The file is no backup of Countersign (${FORMAT}).`, cause);
}

function damaged(how: string, cause?: unknown): DomainError {
  return malformed("from", "backup.damage", `The backup is damaged: ${how}.`, cause);
}
