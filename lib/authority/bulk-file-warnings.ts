import { certifiedNames } from "#lib/authority/bulk-certified-names.ts";
import type { CheckedRow } from "#lib/authority/bulk-file-check.ts";
import type { Installation } from "#lib/installation.ts";

/** Two rows for the same are most often a mistake, but may be meant. */
export function warnOfRepetitions(rows: readonly CheckedRow[]): void {
  const first = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify([row.profile, row.label.toLowerCase(), [...row.names].sort()]);
    const line = first.get(key);
    if (line === undefined) first.set(key, row.line);
    else {
      row.findings.push({
        severity: "warning",
        field: "name",
        rule: "bulk.repetition",
        detail: `The same as line ${line}.`,
      });
    }
  }
}

/** Names that have a certificate already are most often to be renewed instead. */
export async function warnOfCertified(
  installation: Installation,
  rows: readonly CheckedRow[],
): Promise<void> {
  const values = rows.flatMap((row) => (row.item === undefined ? [] : searchedNames(row)));
  const certified = await certifiedNames(installation, values);
  for (const row of rows) {
    if (row.item === undefined) continue;
    const name = searchedNames(row).find((value) => certified.has(value));
    const until = name === undefined ? undefined : certified.get(name);
    if (name === undefined || until === undefined) continue;
    row.findings.push({
      severity: "warning",
      field: "name",
      rule: "bulk.existing",
      detail: `${name} has a certificate that is valid until ${until.toISOString().slice(0, 10)}.`,
    });
  }
}

function searchedNames({ names, label }: CheckedRow): string[] {
  return names.length === 0
    ? [label.toLowerCase()]
    : names.map((name) => name.slice(name.indexOf(":") + 1).toLowerCase());
}
