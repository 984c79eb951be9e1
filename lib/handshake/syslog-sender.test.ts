import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { makeToken } from "#lib/identity/api-token-format.ts";
import { SYSLOG_PARAMETER_ID as ID, saidNames, sentMessage } from "./syslog-sender.ts";

const TOKEN = makeToken("csp_");
const HEAD = "<134>1 2031-05-09T11:59:58Z edge-3 haproxy 771 -";

describe("what a sender proves itself by is taken out", () => {
  test.each<[string, string, string, string | null]>([
    ["of RFC 5424", `${HEAD} [${ID} token="${TOKEN}"] hello`, `${HEAD} - hello`, TOKEN],
    ["beside others", `${HEAD} [a@1 b="c"][${ID} token="t"] hello`, `${HEAD} [a@1 b="c"] hello`, "t"],
    ["before others", `${HEAD} [${ID} token="t"][a@1 b="\\]"] hello`, `${HEAD} [a@1 b="\\]"] hello`, "t"],
    ["with other parameters", `${HEAD} [${ID} a="\\"" token="t" c="d"] hello`, `${HEAD} - hello`, "t"],
    ["with the end of a line", `${HEAD} [${ID} token="${TOKEN}\n"] hello`, `${HEAD} - hello`, TOKEN],
    ["without a token", `${HEAD} [${ID}] hello`, `${HEAD} - hello`, null],
    ["of another name", `${HEAD} [${ID}9 token="t"] hello`, `${HEAD} [${ID}9 token="t"] hello`, null],
    ["not ended", `${HEAD} [${ID} token="t" hello`, `${HEAD} [${ID} token="t" hello`, null],
    ["in the message", `${HEAD} - [${ID} token="t"]`, `${HEAD} - [${ID} token="t"]`, null],
    [
      "of RFC 3164",
      `<134>May  9 11:59:58 edge-3 a: [${ID} token="t"]`,
      `<134>May  9 11:59:58 edge-3 a: [${ID} token="t"]`,
      null,
    ],
    [
      "a token in the wrong place",
      `<13>May  9 11:59:58 h a: ${TOKEN}!`,
      "<13>May  9 11:59:58 h a: csp_…!",
      null,
    ],
    ["several lines", "<13>May  9 11:59:58 h a: b\r\nc\n\nd", "<13>May  9 11:59:58 h a: b c d", null],
    ["no header", '["an", "array"]', '<13>1 - - - - - - ["an", "array"]', null],
  ])("%s", (_, text, line, token) => {
    expect(sentMessage(text)).toEqual({ line, token });
  });
});

test("the names that a message says are its host and its application", () => {
  expect(saidNames(`${HEAD} - hello`)).toEqual(["edge-3", "haproxy"]);
  expect(saidNames("<134>May  9 11:59:58 Edge-4 nginx: hello")).toEqual(["edge-4", "nginx"]);
  expect(saidNames("<134>May  9 11:59:58 edge-5[7]: hello")).toEqual(["edge-5"]);
  expect(saidNames("hello")).toEqual([]);
});

test("whatever comes, one line without the token comes out", () => {
  const part = fc.constantFrom(
    HEAD,
    " ",
    `[${ID} token="${TOKEN}"]`,
    `[${ID} `,
    TOKEN,
    '"',
    "]",
    "\\",
    "\n",
    "<1>",
  );
  const text = fc
    .array(fc.oneof(part, fc.string({ unit: "binary", maxLength: 20 })))
    .map((all) => all.join(""));
  fc.assert(
    fc.property(text, (given) => {
      const { line } = sentMessage(given);
      expect(line).not.toMatch(/[\r\n]/);
      expect(line).not.toContain(TOKEN);
      expect(line.startsWith("<")).toBe(true);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("a message of a megabyte takes no longer per byte than one of a kilobyte", () => {
  const spent = (length: number) => {
    const texts = ["[", '[a b="', `[${ID} a="`, "\\"].map(
      (unit) => `${HEAD} ${unit.repeat(length / unit.length)}`,
    );
    const started = performance.now();
    for (const text of texts) sentMessage(text);
    return (performance.now() - started) / length;
  };
  spent(100_000);
  // Ten times where three would be right: the machine has other things to do.
  expect(spent(1_000_000)).toBeLessThan(10 * Math.max(spent(1_000), 0.0005));
});
