import { createHmac } from "node:crypto";
import { z } from "zod";
import type { StoredTable, StoredValue } from "#lib/database-snapshot.ts";
import { malformed } from "#lib/errors.ts";
import type { MasterKey } from "#lib/master-key.ts";

/**
 * A backup: gzip (RFC 1952) over lines of JSON (UTF-8, each ended by a line feed).
 *
 *   {"format":"countersign-backup","version":1,…}              the header
 *   {"table":"Authority","columns":[["id","text"],…]}           a table, then one line for each of its rows:
 *   ["01j…","issuing-servers",…]                                values in the order of the columns
 *   …
 *   {"end":"countersign-backup","rows":{"Authority":4,…},"sha256":"…","seal":"…"}
 *
 * Values: text and booleans as they are; numbers as numbers; times as milliseconds since 1970; bytes in base64;
 * or null. `sha256` is that of everything before the last line. `seal` is HMAC-SHA-256 over that hash under a key
 * derived from the master key: whoever can change a backup but lacks the key cannot make one that is taken.
 *
 * Both databases write and read the same, so a backup of SQLite can be restored into PostgreSQL, and back.
 */
export const FORMAT = "countersign-backup";
export const VERSION = 1;

/** What is of this moment and this machine only: restored, it would sign people in who have signed out since. */
export const LEFT_OUT: readonly string[] = ["RateLimit", "Session", "Verification"];

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,99}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

export const headerSchema = z.object({
  format: z.literal(FORMAT),
  version: z.number().int(),
  /** The newest migration of the database. */
  migration: z.string().max(200),
  createdAt: z.iso.datetime(),
  provider: z.enum(["sqlite", "postgresql"]),
  auditSequence: count,
  auditHead: hash,
  masterKeyCheck: hash,
});
export type BackupHeader = z.infer<typeof headerSchema>;

export const tableSchema = z.object({
  table: name,
  columns: z.array(z.tuple([name, z.enum(["text", "integer", "real", "boolean", "time", "bytes"])])).max(200),
});

export const trailerSchema = z.object({
  end: z.literal(FORMAT),
  rows: z.record(name, count),
  sha256: hash,
  seal: hash,
});
export type BackupTrailer = z.infer<typeof trailerSchema>;

/** What only a holder of the master key can make of a backup's hash. */
export function sealOf(sha256: string, masterKey: MasterKey): string {
  return createHmac("sha256", masterKey.derive("backup")).update(sha256).digest("hex");
}

/** A row as its line holds it. */
export function encodeRow(row: readonly StoredValue[]): string {
  return JSON.stringify(
    row.map((value) =>
      value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
        : value,
    ),
  );
}

/**
 * A row from its line.
 *
 * @throws DomainError `malformed` when it is none of this table
 */
export function decodeRow(table: StoredTable, value: unknown): StoredValue[] {
  if (!Array.isArray(value) || value.length !== table.columns.length) throw broken(table);
  return table.columns.map(([, type], at) => decodeValue(table, type, value[at]));
}

function decodeValue(
  table: StoredTable,
  type: StoredTable["columns"][number][1],
  value: unknown,
): StoredValue {
  if (value === null) return null;
  switch (type) {
    case "text":
      if (typeof value === "string") return value;
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "integer":
      if (Number.isSafeInteger(value)) return value as number;
      if (typeof value === "string" && isLargeInteger(value)) return value;
      break;
    case "real":
      if (Number.isFinite(value)) return value as number;
      break;
    case "time":
      if (Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15) return value as number;
      break;
    case "bytes":
      if (typeof value === "string") return Buffer.from(value, "base64");
      break;
  }
  throw broken(table);
}

/** Of 64 bits. */
const isLargeInteger = (text: string) =>
  /^-?\d{16,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);

function broken(table: StoredTable) {
  return malformed("from", "backup.row", `The backup is damaged: a row of ${table.name} is none.`);
}
