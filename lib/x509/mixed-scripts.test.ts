import { expect, test } from "vitest";
import { mixedScripts } from "#lib/x509/mixed-scripts.ts";

test.each([
  ["b\u0456lling-worker", "mixes Latin and Cyrillic letters in one word, which look alike: “b\u0456lling”"],
  ["w\u03BFrker", "mixes Latin and Greek letters in one word, which look alike: “w\u03BFrker”"],
  ["\u0441\u03BF", "mixes Cyrillic and Greek letters in one word, which look alike: “\u0441\u03BF”"],
  // Full-width letters are the same letters.
  ["\uFF42\u0456ll", "mixes Latin and Cyrillic letters in one word, which look alike: “b\u0456ll”"],
])("%s mixes scripts", (name, words) => expect(mixedScripts(name)).toBe(words));

test.each([
  "billing-worker",
  "Übergröße",
  "Zahlungen Оплата",
  "оплата-worker",
  "Πληρωμές v2",
  "支払い worker",
  "naïve café",
])("%s mixes none within a word", (name) => expect(mixedScripts(name)).toBeNull());
