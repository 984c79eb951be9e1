import fc from "fast-check";
import { expect, test } from "vitest";
import { harmless } from "#components/ui/harmless-text.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { unsafeCharacter } from "#lib/x509/unsafe-character.ts";

test.each([
  ["api.example", "api.example"],
  ["naïve Ünïcode 漢字 🔑", "naïve Ünïcode 漢字 🔑"],
  ['<b>bold</b> & "quoted"', '<b>bold</b> & "quoted"'],
  ["\u001b[31mred", "⟨U+001B⟩[31mred"],
  ["moc.\u202Eelgoog", "moc.⟨U+202E⟩elgoog"],
  ["a\0b\u200Bc", "a⟨U+0000⟩b⟨U+200B⟩c"],
])("%j is shown as %j", (text, shown) => {
  expect(harmless(text)).toBe(shown);
});

test("whatever the text, nothing deceptive is left", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(unsafeCharacter(harmless(text))).toBe(null);
    }),
    { seed: SEED, numRuns: FUZZ_RUNS },
  );
});
