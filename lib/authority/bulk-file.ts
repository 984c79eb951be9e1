import { CSV_BYTES_MAX, readCsvTable } from "#lib/csv-table.ts";

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

/** The largest file, in bytes. */
export const FILE_MAX_BYTES = CSV_BYTES_MAX;

/** The most rows of a file. */
export const FILE_ROWS_MAX = 10_000;

/**
 * Reads a CSV of names, with or without a header.
 *
 * @throws DomainError `malformed` or `tooLarge`, field `file`, naming the line
 */
export function readFileRows(text: string): FileRow[] {
  return readCsvTable(text, {
    columns: FILE_COLUMNS,
    rules: "bulk",
    rowsMax: FILE_ROWS_MAX,
    // As large as a signing request may be.
    cellMax: 64 * 1024,
    extraCellHint: "several names in one cell are separated by spaces",
  });
}
