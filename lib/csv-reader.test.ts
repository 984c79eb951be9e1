import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { readCsv } from "#lib/csv-reader.ts";
import { csvLine } from "#lib/csv-writer.ts";
import { DomainError } from "#lib/errors.ts";

const BOUNDS = { recordsMax: 100, cellMax: 1_000, cellsMax: 10 };
const read = (text: string) => readCsv(text, BOUNDS).map((record) => record.cells);

test.each([
  ["a,b\nc,d", "commas"],
  ["a;b\r\nc;d\r\n", "semicolons and CRLF"],
  ["a\tb\rc\td", "tabs and CR"],
  ["\uFEFFa,b\n\n,\nc,d\n", "a byte order mark and empty lines"],
  ['"a",b\n"c","d"', "quotes"],
])("%j is read, with %s", (text) => {
  expect(read(text)).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("quotes hold separators, quotes and lines; records know the line they begin on", () => {
  expect(readCsv('a;b\n"1;2\r\n""3""";x\ny;z', BOUNDS)).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ['1;2\r\n"3"', "x"] },
    { line: 4, cells: ["y", "z"] },
  ]);
});

test("a separator inside the quotes of the first line does not decide", () => {
  expect(read('"a;b",c\nd,e;f')).toEqual([
    ["a;b", "c"],
    ["d", "e;f"],
  ]);
});

test.each([
  ["a,b;c", ["a", "b;c"]],
  ["a,b;c;d,e", ["a", "b;c;d", "e"]],
  ["a,,c;d", ["a", "", "c;d"]],
  ["a;b,c", ["a", "b,c"]],
  ["a, b;c", ["a, b", "c"]],
  ["a, b, c", ["a", " b", " c"]],
  ["a, b\tc;d", ["a, b", "c;d"]],
  ['"a;b";c,d', ["a;b", "c,d"]],
])("of %j, which holds several separators, the cells are those that were meant", (text, cells) => {
  expect(read(text)).toEqual([cells]);
});

test.each([
  ['a,"b\nc', "malformed", /^Line 1: .*never closed/],
  ['a\n"b"c,d', "malformed", /^Line 2: .*behind the closing quote/],
  ["x\n".repeat(101), "tooLarge", /100 lines/],
  ["x".repeat(1_001), "tooLarge", /1,000 characters/],
  [",".repeat(10), "tooLarge", /10 cells/],
])("%j is refused with a sentence", (text, code, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message as RegExp) }),
  );
});

test(`whatever is written is read again (seed ${SEED})`, () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !/^[=+\-@\t\r]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 20 }), (rows) => {
      const visible = rows.filter((cells) => cells.some((text) => text.trim() !== ""));
      // The first line says what separates; cells of words leave no doubt.
      const text = `"head",head\n${rows.map((row) => csvLine(row)).join("")}`;
      expect(read(text).slice(1)).toEqual(visible);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test(`any text is read or refused with a sentence, and never stalls (seed ${SEED})`, () => {
  const piece = fc.oneof(fc.constantFrom('"', '""', ",", ";", "\t", "\r", "\n", "\uFEFF", "a"), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      try {
        for (const { cells, line } of readCsv(pieces.join(""), BOUNDS)) {
          expect(cells.length).toBeGreaterThan(0);
          expect(line).toBeGreaterThan(0);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each([["=1+1"], ["+1"], ["-1"], ["@x"], ["\tx"], ["\rx"]])(
  "the cell %j cannot become a formula",
  (cell) => {
    expect(csvLine([cell])).toMatch(/^"?'/);
  },
);

test("a million quotes take no longer than a million letters", () => {
  const start = performance.now();
  expect(() => readCsv('"'.repeat(1_000_001), { recordsMax: 1, cellMax: 10, cellsMax: 10 })).toThrow();
  expect(() => readCsv(`a${'"'.repeat(1_000_000)}`, { recordsMax: 1, cellMax: 10, cellsMax: 10 })).toThrow();
  // Milliseconds when it is linear, minutes when it is not.
  expect(performance.now() - start).toBeLessThan(10_000);
});
