import { expect, test } from "vitest";
import { endWords } from "#components/failures/paste-words.ts";

test.each([
  [0, 0, 0, "The lines tell of no handshake"],
  [1, 0, 0, "1 handshake failed"],
  [0, 1_200, 0, "1,200 handshakes went well"],
  [2, 1, 0, "2 handshakes failed, 1 handshake went well"],
  [0, 0, 1, "Of 1 handshake the lines do not say how it ended"],
  [1, 0, 2, "1 handshake failed, of 2 handshakes the lines do not say how they ended"],
])("%i failed, %i went well and %i are untold: %s", (failed, succeeded, untold, words) => {
  expect(endWords({ failed, succeeded, untold })).toBe(words);
});
