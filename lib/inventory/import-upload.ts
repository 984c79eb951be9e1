import { mkdir, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { IMPORT_LIMITS, spokenSize } from "#lib/inventory/import-limits.ts";

/**
 * Uploads wait in a folder beside the database until they are read. A file is named for its import and for
 * the process that reads it, so that what a process left behind when it died is told from what is in use.
 */

const active = globalThis as typeof globalThis & { countersignImports?: Set<string> };

/** Imports of this process. On globalThis: Next bundles modules twice. */
export function activeImports(): Set<string> {
  active.countersignImports ??= new Set();
  return active.countersignImports;
}

function folderOf({ config }: Installation): string {
  return join(config.dataFolder, "imports");
}

/** The file of an import of this process, made before anything else tells of the import. */
export async function reserveUpload(installation: Installation, importId: string): Promise<string> {
  const folder = folderOf(installation);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${importId}.${process.pid}`);
  await writeFile(path, "", { flag: "wx", mode: 0o600 });
  return path;
}

/** An upload that nobody is going to read any more. */
export interface DeadUpload {
  importId: string;
  path: string;
}

/** Files of this machine whose process is gone. */
export async function deadUploads(installation: Installation): Promise<DeadUpload[]> {
  const folder = folderOf(installation);
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const [importId = "", pid] = name.split(".");
    const isOurs = Number(pid) === process.pid;
    const isAlive = isOurs ? activeImports().has(importId) : runs(Number(pid));
    return isAlive ? [] : [{ importId, path: join(folder, name) }];
  });
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Forgets an upload. */
export async function removeUpload(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * Refuses an upload that says beforehand that it is too large.
 *
 * @param declaredBytes Content-Length, or null
 * @throws DomainError `tooLarge`
 */
export function checkDeclaredSize(declaredBytes: number | null): void {
  if (declaredBytes !== null && declaredBytes > IMPORT_LIMITS.uploadBytes) throw tooLarge(declaredBytes);
}

/**
 * Writes an upload to its file as it arrives.
 *
 * @returns its size in bytes
 * @throws DomainError `tooLarge` as soon as it is, `malformed` when it ends early
 */
export async function receiveUpload(
  source: AsyncIterable<Uint8Array>,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const file = await open(path, "w", 0o600);
  let size = 0;
  try {
    for await (const part of source) {
      size += part.length;
      if (size > IMPORT_LIMITS.uploadBytes) throw tooLarge(null);
      await file.write(part);
      onBytes(size);
    }
    return size;
  } catch (error) {
    if (error instanceof DomainError || isOurs(error)) throw error;
    throw new DomainError("malformed", `The upload ended early, after ${spokenSize(size)}.`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
}

/** A full disk is not the sender's doing. */
function isOurs(error: unknown): boolean {
  return ["ENOSPC", "EIO", "EDQUOT"].includes(String((error as NodeJS.ErrnoException).code));
}

function tooLarge(bytes: number | null): DomainError {
  const most = spokenSize(IMPORT_LIMITS.uploadBytes);
  const detail =
    bytes === null
      ? `The file is larger than ${most}, which is the most that one import takes; split it.`
      : `The file has ${spokenSize(bytes)}; one import takes at most ${most}. Split it.`;
  return new DomainError("tooLarge", detail, {
    violations: [{ field: "body", rule: "import.size", detail }],
  });
}
