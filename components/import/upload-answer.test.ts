import { expect, test } from "vitest";
import { progressWords, uploadState } from "#components/import/upload-answer.ts";

const counts = { id: "i", found: 1200, added: 1000, known: 199, unreadable: 1 };

test("the newest whole line counts, and half a line waits", () => {
  const text = `${JSON.stringify({ progress: { ...counts, found: 1 } })}\n${JSON.stringify({ progress: counts })}\n{"do`;
  expect(uploadState(text)).toEqual({ progress: counts, end: null });
});

test("the end is a page to go to, or a sentence", () => {
  expect(uploadState(`${JSON.stringify({ done: "i" })}\n`).end).toEqual({ done: "i" });
  expect(uploadState(`${JSON.stringify({ refusal: "No." })}\n`).end).toEqual({ refusal: "No." });
});

test("progress is said with what needs saying", () => {
  expect(progressWords(counts)).toBe("1,200 found: 1,000 added, 199 known already, 1 unreadable");
  expect(progressWords({ ...counts, unreadable: 0 })).not.toContain("unreadable");
});
