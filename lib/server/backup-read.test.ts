import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { ConfigError } from "#lib/config.ts";
import type { StoredTable, StoredValue } from "#lib/database-snapshot.ts";
import { DomainError } from "#lib/errors.ts";
import { masterKeyOf } from "#lib/master-key.ts";
import { encodeRow, FORMAT, sealOf, VERSION } from "#lib/server/backup-format.ts";
import { type BackupPart, readBackup } from "#lib/server/backup-read.ts";

/** The reader takes what was written, and nothing that differs from it. */

const folder = mkdtempSync(join(tmpdir(), "countersign-backup-"));
const file = join(folder, "backup.gz");
const key = masterKeyOf(randomBytes(32), "environment");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TABLE: StoredTable = {
  name: "Thing",
  columns: [
    ["at", "time"],
    ["body", "bytes"],
    ["count", "integer"],
    ["is", "boolean"],
    ["name", "text"],
  ],
};
const ROWS: StoredValue[][] = Array.from({ length: 600 }, (_, n) => [
  n % 5 === 0 ? null : n * 1_000,
  n % 7 === 0 ? null : new Uint8Array([n % 256, 10, 0]),
  n,
  n % 2 === 0,
  `line\nfeed “${n}” \u0000 𝒳`,
]);

const header = {
  format: FORMAT,
  version: VERSION,
  migration: "0001_first",
  createdAt: "2026-01-01T00:00:00.000Z",
  provider: "sqlite",
  auditSequence: 1,
  auditHead: "0".repeat(64),
  masterKeyCheck: key.check(),
};

function lines(): string[] {
  return [
    JSON.stringify(header),
    JSON.stringify({ table: TABLE.name, columns: TABLE.columns }),
    ...ROWS.map(encodeRow),
  ];
}

/** @param seal what is put in the place of the right one */
function textOf(
  content: string[],
  rows: Record<string, number> = { Thing: ROWS.length },
  seal?: string,
): string {
  const text = content.map((line) => `${line}\n`).join("");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return `${text}${JSON.stringify({ end: FORMAT, rows, sha256, seal: seal ?? sealOf(sha256, key) })}\n`;
}

async function read(bytes: Uint8Array): Promise<BackupPart[]> {
  writeFileSync(file, bytes);
  const parts: BackupPart[] = [];
  for await (const part of readBackup(file, key)) parts.push(part);
  return parts;
}

/** Rows as they are compared: a Buffer is a Uint8Array. */
const plain = (parts: BackupPart[]) =>
  parts
    .flatMap((part) => ("rows" in part ? part.rows : []))
    .map((row) => row.map((value) => (value instanceof Uint8Array ? [...value] : value)));

const GOOD = gzipSync(textOf(lines()));
const EXPECTED = ROWS.map((row) => row.map((value) => (value instanceof Uint8Array ? [...value] : value)));

test("every value comes back as it was", async () => {
  const parts = await read(GOOD);
  expect(parts[0]).toEqual({ header });
  expect(parts[1]).toEqual({ table: TABLE });
  expect(plain(parts)).toEqual(EXPECTED);
});

test("a mutated file is refused, or says the same", async () => {
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant("flip"), at: fc.nat(), value: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant("cut"), at: fc.nat(), value: fc.nat(300) }),
    fc.record({ kind: fc.constant("insert"), at: fc.nat(), value: fc.nat(255) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      let bytes = Buffer.from(GOOD);
      for (const { kind, at, value } of mutations) {
        const place = at % bytes.length;
        if (kind === "flip") bytes[place] = (bytes[place] ?? 0) ^ value;
        else if (kind === "cut")
          bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + value)]);
        else bytes = Buffer.concat([bytes.subarray(0, place), Buffer.of(value), bytes.subarray(place)]);
        if (bytes.length === 0) return;
      }
      await expectRefusedOrSame(bytes);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("mutated text is refused, whatever hash somebody without the key puts under it", async () => {
  const few = lines().slice(0, 20).join("\n");
  const good = textOf(few.split("\n"), { Thing: 18 });
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.string({ maxLength: 4 }), fc.nat(20), async (at, put, take) => {
      const place = at % few.length;
      const altered = few.slice(0, place) + put + few.slice(place + take);
      const text = textOf(altered.split("\n"), { Thing: 18 }, sealOf("", key));
      if (text === good) return;
      await expect(read(gzipSync(text))).rejects.toSatisfy(isRefusal);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

const row = encodeRow(ROWS[0] ?? []);
test.each<[what: string, content: string[], rows: Record<string, number>]>([
  ["a row before the first table", [lines()[0] ?? "", row], {}],
  ["a table twice", [...lines().slice(0, 2), lines()[1] ?? ""], { Thing: 0 }],
  ["rows that are not counted", lines(), { Thing: 1 }],
  ["a table that is counted and is not there", lines(), { Thing: ROWS.length, Other: 0 }],
  ["a row with a value too many", [...lines(), "[1,null,1,true,null,1]"], { Thing: ROWS.length + 1 }],
  ["text where a number belongs", [...lines(), '["1",null,1,true,null]'], { Thing: ROWS.length + 1 }],
  ["a number that no column holds", [...lines(), "[null,null,1e300,true,null]"], { Thing: ROWS.length + 1 }],
  ["a line that is neither", [...lines(), '{"x":1}'], { Thing: ROWS.length }],
  [
    "a table with a name for SQL",
    [...lines(), '{"table":"a\\"; DROP","columns":[]}'],
    { Thing: ROWS.length },
  ],
])("refused, though it is sealed: %s", async (_, content, rows) => {
  await expect(read(gzipSync(textOf(content, rows)))).rejects.toMatchObject({ code: "malformed" });
});

test("another master key is noticed at the header, before any row", async () => {
  writeFileSync(file, GOOD);
  const parts = readBackup(file, masterKeyOf(randomBytes(32), "environment"));
  await expect(parts.next()).rejects.toThrow(ConfigError);
});

async function expectRefusedOrSame(bytes: Uint8Array): Promise<void> {
  try {
    expect(plain(await read(bytes))).toEqual(EXPECTED);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ConfigError || (error instanceof DomainError && error.code === "malformed");
}
