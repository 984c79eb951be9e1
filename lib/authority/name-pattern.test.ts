import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { fitsPattern } from "#lib/authority/name-pattern.ts";

test.each([
  ["*.example.test", "api.example.test", true],
  ["*.example.test", "API.Example.TEST", true],
  ["*.example.test", "a.b.example.test", false],
  ["*.example.test", ".example.test", false],
  ["*.example.test", "example.test", false],
  ["**.example.test", "a.b.example.test", true],
  ["**.example.test", "example.test", false],
  ["web-*.example.test", "web-1.example.test", true],
  ["web-*.example.test", "web-.example.test", false],
  ["a.example.test", "axexample.test", false],
  ["a.example.test", "a.example.test.", false],
  ["**", "a.b", true],
  ["*", "", false],
  ["***", "a", false],
  ["***", "a.b", true],
])("the pattern %s and the name %s: %s", (pattern, name, fits) => {
  expect(fitsPattern(pattern, name, ".")).toBe(fits);
});

test("a star stays within one segment of a path, two go on", () => {
  const fits = (pattern: string) => fitsPattern(pattern, "spiffe://example.test/ns/web/sa/api", "/");
  expect(fits("spiffe://example.test/ns/*/sa/*")).toBe(true);
  expect(fits("spiffe://example.test/*")).toBe(false);
  expect(fits("spiffe://example.test/**")).toBe(true);
});

test("no pattern takes long, whatever the name", () => {
  const started = performance.now();
  for (const label of ["a".repeat(63), "a".repeat(253), "a".repeat(2_000)]) {
    for (const pattern of ["*a".repeat(8), "*a".repeat(126), `**${"*a".repeat(60)}**b`]) {
      fitsPattern(`${pattern}!`, label, ".");
    }
  }
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("patterns mean what a regular expression of theirs would mean", () => {
  const letters = fc.constantFrom("a", "b", ".", "*", "+");
  fc.assert(
    fc.property(
      fc.array(letters, { maxLength: 6 }),
      fc.array(letters, { maxLength: 8 }),
      (pattern, characters) => {
        const expression = pattern
          .join("")
          .replace(/[.+]/g, "\\$&")
          .replace(/\*\*?/g, (stars) => (stars === "**" ? "[^]+" : "[^.]+"));
        const name = characters.join("");
        expect(fitsPattern(pattern.join(""), name, ".")).toBe(new RegExp(`^${expression}$`).test(name));
      },
    ),
    { seed: SEED, numRuns: FUZZ_RUNS },
  );
});
