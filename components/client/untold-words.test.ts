import { expect, test } from "vitest";
import { untoldWords } from "#components/client/untold-words.ts";

test("use is said to be unknown only where a proxy does not tell it, each named once", () => {
  expect(untoldWords([])).toBeNull();
  expect(untoldWords(["Edge", "Edge"])).toBe("Use through Edge is not known: it decides from a file.");
});
