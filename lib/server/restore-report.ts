import type { BackupHeader } from "#lib/server/backup-format.ts";
import type { Head } from "#lib/server/restore-fill.ts";
import type { Lost } from "#lib/server/restore-lost.ts";

export interface Restored {
  provider: "sqlite" | "postgresql";
  header: BackupHeader;
  /** Of the trail as it is now. */
  head: Head;
  replaced: Head | null;
  /** Null when the replaced database could not be read, or there was none. */
  lost: Lost | null;
  lostFile: string;
  kept: string | null;
}

/** What was restored, and what whoever did it has to see to now. */
export function restoreReport({ provider, header, head, replaced, lost, lostFile, kept }: Restored): string {
  const lines = [
    `Restored the backup of ${header.createdAt}: the audit trail goes on with event ${head.sequence}, which tells of it.`,
    "Start Countersign again as usual; everybody has to sign in anew.",
  ];
  if (replaced !== null) {
    const since = replaced.sequence - header.auditSequence;
    lines.push(
      `The replaced database had ${replaced.sequence.toLocaleString("en")} events, the newest with the hash ${replaced.hash}${since > 0 ? `: ${since.toLocaleString("en")} more than the backup` : ""}.`,
    );
  }
  if (kept !== null) {
    lines.push(
      provider === "sqlite"
        ? `The replaced database is kept as ${kept}; remove it when it is no longer needed.`
        : `The replaced tables are kept in the schema ${kept}; remove them with: DROP SCHEMA "${kept}" CASCADE;`,
    );
  }
  if (lost === null && kept !== null) {
    lines.push(
      "The replaced database could not be read to its end: what it knew and the backup does not is not known.",
    );
  }
  if (lost !== null && lost.certificates > 0) {
    lines.push(
      `${lost.certificates.toLocaleString("en")} ${lost.certificates === 1 ? "certificate" : "certificates"} of the replaced database ${lost.certificates === 1 ? "is" : "are"} not in the backup, but valid elsewhere: ${lostFile} holds them, to be imported in the console.`,
    );
  }
  const again: [names: string[] | undefined, sentence: string][] = [
    [lost?.authorities, "Authorities made after the backup, whose keys are only in the replaced database"],
    [lost?.tokens, "API tokens that were revoked after the backup and are valid again: revoke them"],
    [lost?.people, "People who were disabled after the backup and may sign in again: disable them"],
  ];
  for (const [names = [], sentence] of again) {
    if (names.length > 0) lines.push(`${sentence}: ${names.join(", ")}.`);
  }
  return `${lines.join("\n")}\n`;
}
