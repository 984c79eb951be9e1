import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { BoundedMemory } from "#lib/bounded-memory.ts";

const sized = (size: number) => ({ size });

test("when it is full, what was used is spared and the oldest of the others goes", () => {
  const memory = new BoundedMemory<{ size: number }>(30);
  for (const key of ["a", "b", "c"]) memory.set(key, sized(10));
  memory.get("a");
  memory.set("d", sized(10));
  expect(memory.get("b")).toBeUndefined();
  expect(["a", "c", "d"].map((key) => memory.get(key))).toEqual([sized(10), sized(10), sized(10)]);
});

test("it never holds more than allowed, and always knows how much that is", () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    size: fc.integer({ min: 1, max: 40 }),
    what: fc.constantFrom("set", "get", "delete"),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const memory = new BoundedMemory<{ size: number }>(100);
      for (const { key, size, what } of steps) {
        if (what === "set") memory.set(key, sized(size));
        else if (what === "get") memory.get(key);
        else memory.delete(key);
        expect(memory.bytes).toBeLessThanOrEqual(100);
        const held = ["a", "b", "c", "d", "e", "f"].flatMap((each) => memory.get(each) ?? []);
        expect(memory.bytes).toBe(held.reduce((sum, value) => sum + value.size, 0));
        expect(memory.count).toBe(held.length);
        // Not the newest goes, even when all others were used.
        if (what === "set") expect(memory.get(key)).toEqual(sized(size));
      }
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("what is too large for it is not kept, and costs the others nothing", () => {
  const memory = new BoundedMemory<{ size: number }>(10);
  memory.set("a", sized(5));
  memory.set("b", sized(11));
  expect(memory.get("b")).toBeUndefined();
  expect(memory.get("a")).toEqual(sized(5));
});
