import { readCsv } from "#lib/csv-reader.ts";
import { DomainError, malformed } from "#lib/errors.ts";

/** A table that people hand over as CSV. */
export interface CsvTable<Column extends string> {
  /** The columns in the order that they have without a header, and the words by which a header names them. */
  columns: Record<Column, { words: readonly string[]; meaning: string }>;
  /** How ids of its rules begin. */
  rules: string;
  /** The most rows, and the most characters of a cell. */
  rowsMax: number;
  cellMax: number;
  /** What people may have meant by one cell too many. */
  extraCellHint: string;
}

/** A row as it was typed, without the blanks around its cells. */
export type CsvRow<Column extends string> = Record<Column, string> & {
  /** Line of the file on which it begins, from 1. */
  line: number;
};

/** The largest file, in bytes. */
export const CSV_BYTES_MAX = 1024 * 1024;

/**
 * Reads a CSV, with or without a header.
 *
 * @throws DomainError `malformed` or `tooLarge`, field `file`, naming the line
 */
export function readCsvTable<Column extends string>(
  text: string,
  { columns: known, rules, rowsMax, cellMax, extraCellHint }: CsvTable<Column>,
): CsvRow<Column>[] {
  const refuse = (rule: string, detail: string) => malformed("file", `${rules}.${rule}`, detail);
  const tooLarge = (rule: string, detail: string) =>
    new DomainError("tooLarge", detail, {
      violations: [{ field: "file", rule: `${rules}.${rule}`, detail }],
    });
  if (new TextEncoder().encode(text).length > CSV_BYTES_MAX) {
    throw tooLarge("size", "The file is larger than 1 MB.");
  }
  if (text.includes("\0")) throw refuse("text", "This is no text file: it holds NUL characters.");
  const records = readCsv(text, { recordsMax: rowsMax + 1, cellMax, cellsMax: 50 }, "file");
  const [first] = records;
  if (first === undefined) throw refuse("empty", "The file has no rows.");
  const isHeader = columnOf(known, first.cells[0] ?? "") !== undefined;
  const columns = isHeader ? columnsOf(known, rules, first.cells, first.line) : names(known);
  const rows = (isHeader ? records.slice(1) : records).map(({ line, cells }): CsvRow<Column> => {
    const extra = cells.slice(columns.length).find((cell) => cell.trim() !== "");
    if (extra !== undefined) {
      throw refuse("columns", `Line ${line} has more cells than there are columns; ${extraCellHint}.`);
    }
    const row = Object.fromEntries(names(known).map((column) => [column, ""])) as Record<Column, string>;
    for (const [place, column] of columns.entries()) {
      if (column !== null) row[column] = (cells[place] ?? "").trim();
    }
    return { ...row, line };
  });
  if (rows.length === 0) throw refuse("empty", "The file has a header, but no rows.");
  if (rows.length > rowsMax) {
    throw tooLarge("rows", `The file has more than ${rowsMax.toLocaleString("en")} rows.`);
  }
  return rows;
}

type Columns<Column extends string> = CsvTable<Column>["columns"];

const names = <Column extends string>(known: Columns<Column>) => Object.keys(known) as Column[];

function columnOf<Column extends string>(known: Columns<Column>, cell: string): Column | undefined {
  const word = cell.trim().toLowerCase().replaceAll(/[_-]/g, " ");
  return names(known).find((column) => known[column].words.includes(word));
}

/** The columns that a header names; an empty cell names none. */
function columnsOf<Column extends string>(
  known: Columns<Column>,
  rules: string,
  cells: readonly string[],
  line: number,
): (Column | null)[] {
  const columns = cells.map((cell) => {
    if (cell.trim() === "") return null;
    const column = columnOf(known, cell);
    if (column !== undefined) return column;
    throw malformed(
      "file",
      `${rules}.columns`,
      `Line ${line}: the column “${cell.trim().slice(0, 40)}” is not known; there are ${names(known).join(", ")}.`,
    );
  });
  const twice = columns.find((column, place) => column !== null && columns.indexOf(column) !== place);
  if (twice != null) {
    throw malformed("file", `${rules}.columns`, `Line ${line}: there are two columns “${twice}”.`);
  }
  return columns;
}
