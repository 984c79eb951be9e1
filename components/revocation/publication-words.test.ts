import { expect, test } from "vitest";
import { publicationWords, spanInWords } from "#components/revocation/publication-words.ts";

test("who revokes is told when the CRL has it, and how long the old one may still be believed", () => {
  expect(publicationWords({ crlSeconds: 5, oldCrlUntil: null })).toBe(
    "OCSP says so at once, the CRL within 5 seconds.",
  );
  expect(publicationWords({ crlSeconds: 1, oldCrlUntil: new Date("2026-06-01T12:00:00Z") })).toBe(
    "OCSP says so at once, the CRL within a second. Who does not fetch it again may go by the old one until 2026-06-01 12:00:00 UTC.",
  );
});

test.each([
  [-5, "0 s"],
  [0, "0 s"],
  [2_440, "2.4 s"],
  [12_600, "13 s"],
  [119_000, "119 s"],
  [180_000, "3 min"],
  [26 * 3_600_000, "26 h"],
  [5 * 86_400_000, "5 days"],
])("%d ms are %s", (milliseconds, words) => {
  expect(spanInWords(milliseconds)).toBe(words);
});
