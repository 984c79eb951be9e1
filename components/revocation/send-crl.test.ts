import { expect, test } from "vitest";
import { type SentCrl, sentInWords } from "#components/revocation/send-crl.ts";

const sent = (change: Partial<SentCrl>): SentCrl => ({
  sourceId: "s",
  name: "Partner Root",
  unchanged: false,
  entries: 1_200,
  warnings: [],
  applied: { revoked: 0, held: 0, restored: 0 },
  ...change,
});

test.each<[string, Partial<SentCrl>, string]>([
  ["one that was there", { unchanged: true }, "It is the one that was here already."],
  ["one of strangers", {}, "1,200 entries. None is of a certificate here."],
  [
    "one that matters",
    { entries: 1, applied: { revoked: 1, held: 0, restored: 2 } },
    "1 entry. Here: 1 revoked, 2 valid again.",
  ],
  [
    "one that is still compared",
    { applied: null },
    "1,200 entries. What it says of certificates here is being taken over.",
  ],
])("of %s is said what it changed", (_, change, words) => {
  expect(sentInWords(sent(change))).toBe(words);
});
