import { expect, test } from "vitest";
import { idsFrom, newId } from "#lib/id.ts";

test("ids are in the order of their making, also within a millisecond, and none comes twice", () => {
  const before = Date.now();
  const ids = Array.from({ length: 50_000 }, newId);
  expect(ids.every((id) => /^[0-9a-hjkmnp-tv-z]{26}$/.test(id))).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect((ids[0] ?? "") >= idsFrom(before)).toBe(true);
  expect((ids.at(-1) ?? "") < idsFrom(Date.now() + 1)).toBe(true);
});

test("two processes that begin in the same millisecond differ", () => {
  const tails = Array.from({ length: 1_000 }, () => newId().slice(14));
  expect(new Set(tails).size).toBe(tails.length);
});
