import { type CsvRow, type CsvTable, readCsvTable } from "#lib/csv-table.ts";

export type ClientColumn =
  | "name"
  | "environment"
  | "owner"
  | "tags"
  | "notes"
  | "expires"
  | "services"
  | "credential";

export type ClientRow = CsvRow<ClientColumn>;

/** The columns of a file of clients. */
export const CLIENT_COLUMNS: CsvTable<ClientColumn>["columns"] = {
  name: { words: ["name", "client"], meaning: "What the client is called; no two have one name." },
  environment: { words: ["environment", "env", "stage"], meaning: "For example production." },
  owner: { words: ["owner", "team", "contact"], meaning: "Whom to ask about it." },
  tags: { words: ["tags", "tag"], meaning: "Words to group by, separated by spaces or semicolons." },
  notes: { words: ["notes", "note", "description"], meaning: "Whatever else should be known." },
  expires: {
    words: ["expires", "expiry", "expires at", "until"],
    meaning: "The last day on which it is let in, like 2027-12-31 (UTC), or a time like 2027-12-31T18:00Z.",
  },
  services: {
    words: ["services", "service", "grants"],
    meaning: "Short names of the services that it may call, separated by spaces or semicolons.",
  },
  credential: {
    words: ["credential", "proof", "certificate", "fingerprint", "sha256"],
    meaning:
      "What proves it: the SHA-256 of a certificate, key:SHA-256 of a public key, a certificate in PEM, or a name like uri:spiffe://example.org/api under workload, where workload is the short name of an authority.",
  },
};

/** The most clients of a file. */
export const CLIENT_ROWS_MAX = 2_000;

/**
 * Reads a CSV of clients, with or without a header.
 *
 * @throws DomainError `malformed` or `tooLarge`, field `file`, naming the line
 */
export function readClientFile(text: string): ClientRow[] {
  return readCsvTable(text, {
    columns: CLIENT_COLUMNS,
    rules: "clients",
    rowsMax: CLIENT_ROWS_MAX,
    // A certificate with a large key and many names.
    cellMax: 64 * 1024,
    extraCellHint: "several services in one cell are separated by spaces",
  });
}
