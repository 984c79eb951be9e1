import { DomainError, malformed } from "#lib/errors.ts";

/** One record of a CSV text. */
export interface CsvRecord {
  /** The line on which it begins, from 1. */
  line: number;
  cells: string[];
}

interface CsvBounds {
  recordsMax: number;
  /** In characters. */
  cellMax: number;
  cellsMax: number;
}

/**
 * Reads CSV as spreadsheets write it (RFC 4180 §2): separated by commas, semicolons or tabs, cells quoted or not,
 * lines ended by CR, LF or both, with or without a byte order mark. Records without any text are passed over.
 *
 * @param field the input field that errors name
 * @throws DomainError `malformed` naming the line of a quote that is never closed or has text behind it;
 *   `tooLarge` beyond the bounds
 */
export function readCsv(text: string, bounds: CsvBounds, field = "csv"): CsvRecord[] {
  const input = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const separator = separatorOf(input);
  const records: CsvRecord[] = [];
  let line = 1;
  let start = 0;
  while (start < input.length) {
    const record: CsvRecord = { line, cells: [] };
    for (;;) {
      const cell =
        input[start] === '"' ? quotedCell(input, start, line, field) : plainCell(input, start, separator);
      line += cell.lines;
      record.cells.push(cell.text);
      checkBounds(record, cell.text, bounds, field);
      start = cell.end;
      if (input[start] !== separator) break;
      start++;
    }
    const end = lineEnd(input, start);
    if (end === start && start < input.length) {
      throw malformed(field, "csv.quote", `Line ${line}: text stands behind the closing quote of a cell.`);
    }
    if (end > start) line++;
    start = end;
    if (record.cells.every((cell) => cell.trim() === "")) continue;
    records.push(record);
    if (records.length > bounds.recordsMax) {
      throw tooMany(field, "csv.records", `The text has more than ${spoken(bounds.recordsMax)} lines.`);
    }
  }
  return records;
}

/**
 * What separates the cells, as the first record shows it: a tab, which nobody writes into a cell; otherwise the
 * semicolon or comma that comes first, as what stands in the first cell, a name or a heading, holds neither. A
 * comma before a blank is one in a sentence ("Doe, Jane") unless nothing else separates.
 */
function separatorOf(input: string): string {
  const first = /^(?:"(?:[^"]|"")*"|[^\r\n"])*/.exec(input.slice(0, 10_000))?.[0] ?? "";
  const bare = first.replaceAll(/"(?:[^"]|"")*"/g, "");
  return bare.includes("\t") ? "\t" : (/;|,(?! )/.exec(bare)?.[0] ?? ",");
}

interface Cell {
  text: string;
  /** Where the cell ends: at a separator, a line end or the end of the text. */
  end: number;
  /** Line ends inside it. */
  lines: number;
}

function plainCell(input: string, start: number, separator: string): Cell {
  let end = start;
  while (end < input.length && input[end] !== separator && input[end] !== "\n" && input[end] !== "\r") end++;
  return { text: input.slice(start, end), end, lines: 0 };
}

function quotedCell(input: string, start: number, line: number, field: string): Cell {
  let end = start + 1;
  for (;;) {
    end = input.indexOf('"', end);
    if (end === -1) {
      throw malformed(field, "csv.quote", `Line ${line}: the quote that opens a cell is never closed.`);
    }
    if (input[end + 1] !== '"') break;
    end += 2;
  }
  const text = input.slice(start + 1, end).replaceAll('""', '"');
  return { text, end: end + 1, lines: text.match(/\r\n|\r|\n/g)?.length ?? 0 };
}

/** The beginning of the next line, or the same place when no line ends here. */
function lineEnd(input: string, at: number): number {
  if (input[at] === "\r") return input[at + 1] === "\n" ? at + 2 : at + 1;
  return input[at] === "\n" ? at + 1 : at;
}

function checkBounds({ line, cells }: CsvRecord, cell: string, bounds: CsvBounds, field: string): void {
  if (cell.length > bounds.cellMax) {
    throw tooMany(
      field,
      "csv.cell",
      `Line ${line}: a cell has more than ${spoken(bounds.cellMax)} characters.`,
    );
  }
  if (cells.length > bounds.cellsMax) {
    throw tooMany(field, "csv.cells", `Line ${line} has more than ${bounds.cellsMax} cells.`);
  }
}

function tooMany(field: string, rule: string, detail: string): DomainError {
  return new DomainError("tooLarge", detail, { violations: [{ field, rule, detail }] });
}

const spoken = (count: number) => count.toLocaleString("en");
