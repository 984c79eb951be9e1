import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { foreignCrlDer } from "#lib/authority/foreign-crl-memory.ts";
import type { Database } from "#lib/database.ts";

/** A list of one part in a database that counts how often it is read. */
function database(size: number) {
  const body = new Uint8Array(size);
  const sha256 = createHash("sha256").update(body).digest("hex");
  const seen = { reads: 0, isThere: true, isEndless: false };
  const findUnique = async () => {
    seen.reads++;
    if (seen.isEndless) await new Promise(() => {});
    return seen.isThere ? { body } : null;
  };
  const stored = { read: { crlPart: { findUnique } } } as unknown as Database;
  return { seen, row: (id: string) => ({ id, size, sha256 }), stored };
}

test("all who ask for a list at once wait for one reading, and later ones for none", async () => {
  const { seen, row, stored } = database(1_000);
  const lists = await Promise.all([1, 2, 3].map(() => foreignCrlDer(stored, "partner", row("first"))));
  expect(lists.map((der) => der?.length)).toEqual([1_000, 1_000, 1_000]);
  await foreignCrlDer(stored, "partner", row("first"));
  expect(seen.reads).toBe(1);
});

test("of a source the newest list alone is kept", async () => {
  const { seen, row, stored } = database(1_000);
  for (const id of ["first", "second", "second", "first"]) await foreignCrlDer(stored, "partner", row(id));
  expect(seen.reads).toBe(3);
});

test("no more is kept than a number of bytes, what is still read included", () => {
  const { seen, row, stored } = database(0);
  seen.isEndless = true;
  const ask = (source: string) => void foreignCrlDer(stored, source, { ...row(source), size: 60 << 20 });
  for (const source of ["a", "b", "c", "d", "e"]) ask(source);
  expect(seen.reads).toBe(5);
  ask("e");
  expect(seen.reads).toBe(5);
  ask("a");
  expect(seen.reads).toBe(6);
});

test("a list that was not there whole is looked for again", async () => {
  const { seen, row, stored } = database(1_000);
  seen.isThere = false;
  expect(await foreignCrlDer(stored, "partner", row("first"))).toBeNull();
  seen.isThere = true;
  expect((await foreignCrlDer(stored, "partner", row("first")))?.length).toBe(1_000);
});
