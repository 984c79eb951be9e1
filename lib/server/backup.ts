import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { type Config, ConfigError, config } from "#lib/config.ts";
import { loadMasterKey } from "#lib/master-key.ts";
import { type WrittenBackup, writeBackup } from "#lib/server/backup-write.ts";
import { commandOptions, runCommand } from "#lib/server/command-line.ts";

/** `npm run backup [-- --to file] [--replace]`: everything but the master key in one file, while all runs on. */

const USAGE = "npm run backup [-- --to <file>] [--replace]";

await runCommand("No backup was made", async () => {
  const options = commandOptions({ to: { type: "string" }, replace: { type: "boolean" } }, USAGE);
  const settings = config();
  if ("file" in settings.masterKey && !existsSync(settings.masterKey.file)) {
    throw new ConfigError(
      `There is no master key at ${settings.masterKey.file}: a backup is sealed with it.`,
    );
  }
  const now = new Date();
  const file = resolve(settings.root, options.to ?? `backups/countersign-${fileTime(now)}.backup.gz`);
  const replace = options.replace ?? false;
  const written = await writeBackup(settings, loadMasterKey(settings.masterKey), file, { now, replace });
  process.stdout.write(report(settings, file, written, Date.now() - now.getTime()));
});

function report(
  settings: Config,
  file: string,
  { header, rows, bytes }: WrittenBackup,
  took: number,
): string {
  const count = (table: string) => (rows[table] ?? 0).toLocaleString("en");
  const key =
    "file" in settings.masterKey ? settings.masterKey.file : "COUNTERSIGN_MASTER_KEY in the environment";
  return `Backed up to ${relative(process.cwd(), file).startsWith("..") ? file : relative(process.cwd(), file)} (${megabytes(bytes)}, ${(took / 1000).toFixed(1)} s), and read again: it is whole.

  Certificates   ${count("Certificate")}
  Authorities    ${count("Authority")}
  People         ${count("User")}
  Audit events   ${count("AuditEvent")}; the newest has the hash ${header.auditHead}

It does not hold
  the master key (${key}): keep it elsewhere; without it this backup cannot be restored
  the settings (environment, countersign.env)
  sessions: restoring it signs everybody out
`;
}

/** A time that every file system takes as a name. */
function fileTime(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(":", "-");
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
