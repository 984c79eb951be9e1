import type { BackupHeader } from "#lib/server/backup-format.ts";
import type { Head } from "#lib/server/restore-fill.ts";
import type { Lost } from "#lib/server/restore-lost.ts";

export interface Restored {
  provider: "sqlite" | "postgresql";
  header: BackupHeader;
  /** The event that tells of the restore. */
  head: Head;
  replaced: Head | null;
  /** Null when the replaced database could not be read, or there was none. */
  lost: Lost | null;
  lostFile: string;
  kept: string | null;
  /** How much was ended that stood open in the backup. */
  ended: { invitations: number; runs: number; bulkKeys: number };
  /** How many certificates are revoked or held because they were after the backup. */
  revoked: number;
  /** How many decisions against clients, services and proxies are in force because they were after the backup. */
  refused: number;
}

/** What was restored, and what whoever did it has to see to now. */
export function restoreReport(restored: Restored): string {
  const { provider, header, head, replaced, lost, lostFile, kept, ended, revoked, refused } = restored;
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
  if (revoked > 0) {
    lines.push(
      `${revoked.toLocaleString("en")} ${revoked === 1 ? "certificate that was" : "certificates that were"} revoked or held after the backup ${revoked === 1 ? "stays" : "stay"} so: relying parties have been told.`,
    );
  }
  if (refused > 0) {
    lines.push(
      `${refused.toLocaleString("en")} ${refused === 1 ? "decision" : "decisions"} about who may call what that ${refused === 1 ? "was" : "were"} taken after the backup ${refused === 1 ? "stays" : "stay"} in force: who was suspended, ended, retired or given another token since is not let in again.`,
    );
  }
  if (ended.invitations > 0) {
    lines.push(
      `Withdrew ${ended.invitations} open ${ended.invitations === 1 ? "invitation" : "invitations"} of the backup, because a link that had been withdrawn or used since would work again: invite anew.`,
    );
  }
  if (ended.runs > 0) {
    lines.push(
      `Cancelled ${ended.runs} bulk ${ended.runs === 1 ? "run" : "runs"} that had not ended in the backup, because what was done since would be done again.`,
    );
  }
  if (ended.bulkKeys > 0) {
    lines.push(
      `Destroyed ${ended.bulkKeys.toLocaleString("en")} private ${ended.bulkKeys === 1 ? "key" : "keys"} that bulk runs of the backup kept for download, because they may have been handed over and destroyed since: whoever has not downloaded theirs renews with a new key.`,
    );
  }
  if (lost !== null && lost.again.length > 0) {
    lines.push(
      "Do these again:",
      ...lost.again.map(({ sentence, names }) => `- ${sentence}: ${names.join(", ")}.`),
    );
  }
  return `${lines.join("\n")}\n`;
}
