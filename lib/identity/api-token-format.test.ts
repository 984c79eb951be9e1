import { expect, test } from "vitest";
import { isWellFormedToken, makeToken, tokenHash, tokenPrefix } from "#lib/identity/api-token-format.ts";

test("a token is recognisable, 50 characters long and never the same twice", () => {
  const tokens = Array.from({ length: 200 }, makeToken);
  for (const token of tokens) expect(token).toMatch(/^csn_[0-9A-Za-z]{46}$/);
  expect(new Set(tokens).size).toBe(200);
});

test("its checksum finds any single wrong character", () => {
  const token = makeToken();
  expect(isWellFormedToken(token)).toBe(true);
  for (let position = 4; position < token.length; position++) {
    const other = token[position] === "x" ? "y" : "x";
    expect(isWellFormedToken(token.slice(0, position) + other + token.slice(position + 1))).toBe(false);
  }
});

test.each([
  "",
  "csn_",
  "csn_short",
  `xsn_${"a".repeat(46)}`,
  `csn_${"a".repeat(47)}`,
  `csn_${"ä".repeat(46)}`,
])("%j is not a token", (text) => {
  expect(isWellFormedToken(text)).toBe(false);
});

test("what may be shown of a token is its first ten characters, and its hash tells nothing", () => {
  const token = makeToken();
  expect(tokenPrefix(token)).toBe(token.slice(0, 10));
  expect(tokenHash(token)).toMatch(/^[0-9a-f]{64}$/);
});
