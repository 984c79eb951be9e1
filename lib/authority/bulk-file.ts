import { readCsv } from "#lib/csv-reader.ts";
import { DomainError, malformed } from "#lib/errors.ts";

/** A row of a file to issue for, as it was typed. */
export interface FileRow {
  /** Line of the file on which it begins, from 1. */
  line: number;
  name: string;
  /** Subject alternative names, however they are separated. */
  names: string;
  profile: string;
  days: string;
  owner: string;
  tags: string;
  /** PEM. */
  csr: string;
}

type Column = Exclude<keyof FileRow, "line">;

/** The columns in the order that they have without a header, and the words by which a header names them. */
export const FILE_COLUMNS: Record<Column, { words: readonly string[]; meaning: string }> = {
  name: {
    words: ["name", "common name", "commonname", "cn"],
    meaning: "The common name; for a server also its first subject alternative name.",
  },
  names: {
    words: ["names", "sans", "san", "subject alternative names", "alternative names", "subjectaltname"],
    meaning:
      "Subject alternative names, separated by spaces or semicolons; DNS:, IP:, URI:, email: may mark them.",
  },
  profile: { words: ["profile"], meaning: "Another profile than the one chosen: its short name." },
  days: {
    words: ["days", "lifetime", "validity"],
    meaning: "How long it is valid; empty for the profile's usual time.",
  },
  owner: { words: ["owner"], meaning: "Whom to ask about it." },
  tags: { words: ["tags", "tag"], meaning: "Words to group by, separated by spaces or semicolons." },
  csr: {
    words: ["csr", "request", "signing request", "certificate signing request"],
    meaning: "A signing request, PEM in quotes. Its row gets no key, and names that are empty come from it.",
  },
};

const COLUMNS = Object.keys(FILE_COLUMNS) as Column[];

/** The largest file, in bytes. */
export const FILE_MAX_BYTES = 1024 * 1024;

/** The most rows of a file. */
export const FILE_ROWS_MAX = 10_000;

/** As large as a signing request may be. */
const CELL_MAX = 64 * 1024;

/**
 * Reads a CSV of names, with or without a header.
 *
 * @throws DomainError `malformed` or `tooLarge`, field `file`, naming the line
 */
export function readFileRows(text: string): FileRow[] {
  if (new TextEncoder().encode(text).length > FILE_MAX_BYTES) {
    const detail = "The file is larger than 1 MB.";
    throw new DomainError("tooLarge", detail, { violations: [{ field: "file", rule: "bulk.size", detail }] });
  }
  if (text.includes("\0"))
    throw malformed("file", "bulk.text", "This is no text file: it holds NUL characters.");
  const records = readCsv(text, { recordsMax: FILE_ROWS_MAX + 1, cellMax: CELL_MAX, cellsMax: 50 }, "file");
  const [first] = records;
  if (first === undefined) throw malformed("file", "bulk.empty", "The file has no rows.");
  const isHeader = columnOf(first.cells[0] ?? "") !== undefined;
  const columns = isHeader ? columnsOf(first.cells, first.line) : COLUMNS;
  const rows = (isHeader ? records.slice(1) : records).map(({ line, cells }): FileRow => {
    const extra = cells.slice(columns.length).find((cell) => cell.trim() !== "");
    if (extra !== undefined) {
      throw malformed(
        "file",
        "bulk.columns",
        `Line ${line} has more cells than there are columns; several names in one cell are separated by spaces.`,
      );
    }
    const row: FileRow = { line, name: "", names: "", profile: "", days: "", owner: "", tags: "", csr: "" };
    for (const [place, column] of columns.entries()) {
      if (column !== null) row[column] = (cells[place] ?? "").trim();
    }
    return row;
  });
  if (rows.length === 0) throw malformed("file", "bulk.empty", "The file has a header, but no rows.");
  if (rows.length > FILE_ROWS_MAX) {
    const detail = `The file has more than ${FILE_ROWS_MAX.toLocaleString("en")} rows.`;
    throw new DomainError("tooLarge", detail, { violations: [{ field: "file", rule: "bulk.rows", detail }] });
  }
  return rows;
}

function columnOf(cell: string): Column | undefined {
  const word = cell.trim().toLowerCase().replaceAll(/[_-]/g, " ");
  return COLUMNS.find((column) => FILE_COLUMNS[column].words.includes(word));
}

/** The columns that a header names; an empty cell names none. */
function columnsOf(cells: readonly string[], line: number): (Column | null)[] {
  const columns = cells.map((cell) => {
    if (cell.trim() === "") return null;
    const column = columnOf(cell);
    if (column !== undefined) return column;
    throw malformed(
      "file",
      "bulk.columns",
      `Line ${line}: the column “${cell.trim().slice(0, 40)}” is not known; there are ${COLUMNS.join(", ")}.`,
    );
  });
  const twice = columns.find((column, place) => column !== null && columns.indexOf(column) !== place);
  if (twice != null)
    throw malformed("file", "bulk.columns", `Line ${line}: there are two columns “${twice}”.`);
  return columns;
}
