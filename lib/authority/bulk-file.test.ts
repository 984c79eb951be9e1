import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { FILE_COLUMNS, FILE_ROWS_MAX, readFileRows } from "#lib/authority/bulk-file.ts";
import { DomainError } from "#lib/errors.ts";

const EMPTY = { name: "", names: "", profile: "", days: "", owner: "", tags: "", csr: "" };

test("a header may name the columns in any order and by their usual words", () => {
  expect(readFileRows("SANs;Common Name;Days\nb.test c.test;a.test;30\n;d.test;")).toEqual([
    { ...EMPTY, line: 2, name: "a.test", names: "b.test c.test", days: "30" },
    { ...EMPTY, line: 3, name: "d.test" },
  ]);
});

test("without a header the columns stand in the order in which they are documented", () => {
  expect(Object.keys(FILE_COLUMNS)).toEqual(["name", "names", "profile", "days", "owner", "tags", "csr"]);
  expect(readFileRows("a.test,b.test,server,30,Ops,x y")).toEqual([
    {
      line: 1,
      name: "a.test",
      names: "b.test",
      profile: "server",
      days: "30",
      owner: "Ops",
      tags: "x y",
      csr: "",
    },
  ]);
});

test("a plain list of names is a file of one column", () => {
  expect(readFileRows("a.test\r\n\r\n  b.test \r\n").map((row) => [row.line, row.name])).toEqual([
    [1, "a.test"],
    [3, "b.test"],
  ]);
});

test.each([
  ["", "malformed", /no rows/],
  ["name,names\n", "malformed", /no rows/],
  ["name,colour\na,b", "malformed", /Line 1: the column “colour” is not known/],
  ["name,cn\na,b", "malformed", /two columns “name”/],
  ["name\na.test,b.test", "malformed", /Line 2 has more cells/],
  ["a\0b", "malformed", /NUL/],
  ["x".repeat(1024 * 1024 + 1), "tooLarge", /1 MB/],
  ["a.test\n".repeat(FILE_ROWS_MAX + 1), "tooLarge", /10,000 rows/],
  ['name\n"a', "malformed", /Line 2: the quote/],
])("%.30j is refused with a sentence", (text, code, message) => {
  expect(() => readFileRows(text)).toThrow(
    expect.objectContaining({
      code,
      message: expect.stringMatching(message as RegExp),
      violations: [expect.objectContaining({ field: "file" })],
    }),
  );
});

test("10,000 rows are read, with and without a header", () => {
  expect(readFileRows("a.test\n".repeat(FILE_ROWS_MAX))).toHaveLength(FILE_ROWS_MAX);
  expect(readFileRows(`name\n${"a.test\n".repeat(FILE_ROWS_MAX)}`)).toHaveLength(FILE_ROWS_MAX);
});

test(`any text becomes rows or a refusal (seed ${SEED})`, () => {
  const piece = fc.oneof(
    fc.constantFrom("name", "names", "csr", ",", ";", "\n", '"', "\uFEFF", "a.test", "=1+1"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 50 }), (pieces) => {
      try {
        for (const row of readFileRows(pieces.join(""))) expect(Object.keys(row)).toHaveLength(8);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});
