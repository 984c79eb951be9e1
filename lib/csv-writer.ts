/**
 * A line of a CSV file (RFC 4180 §2). Spreadsheets run a cell that begins like a formula, so such a one gets an
 * apostrophe in front: names come from certificates of others.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => quoted(harmless(cell === null ? "" : String(cell)))).join(",")}\r\n`;
}

/** What a spreadsheet takes for the beginning of a formula or of another cell. */
const FORMULA = /^[=+\-@\t\r]/;

function harmless(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
