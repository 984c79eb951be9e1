import type { FileHandle } from "node:fs/promises";
import type { ImportedFile } from "#lib/inventory/import-files.ts";
import { IMPORT_LIMITS, spokenSize } from "#lib/inventory/import-limits.ts";

const BLOCK = 512;

/**
 * The files in a tar (POSIX ustar). The console packs several files, or a folder, into one before it sends
 * them. Links and devices are passed over: nothing is ever written under a name of the archive.
 *
 * @param file open for reading
 */
export async function* tarEntries(file: FileHandle): AsyncGenerator<ImportedFile, void, undefined> {
  const header = Buffer.alloc(BLOCK);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(header, 0, BLOCK, at);
    if (bytesRead < BLOCK || header.every((octet) => octet === 0)) return;
    const size = Number.parseInt(text(header, 124, 12).trim(), 8);
    if (text(header, 257, 5) !== "ustar" || !(size >= 0)) {
      yield { name: "", refusal: "The tar is damaged; further files were not found." };
      return;
    }
    const [type, name] = [text(header, 156, 1), nameOf(header)];
    const start = at + BLOCK;
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "0" || type === "") yield { name, ...(await contentOf(file, start, size)) };
  }
}

function nameOf(header: Buffer): string {
  const prefix = text(header, 345, 155);
  return prefix === "" ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

function text(header: Buffer, start: number, length: number): string {
  return header
    .toString("utf8", start, start + length)
    .split("\0", 1)
    .join("");
}

async function contentOf(
  file: FileHandle,
  start: number,
  size: number,
): Promise<{ octets: Uint8Array } | { refusal: string }> {
  if (size > IMPORT_LIMITS.entryBytes) {
    return { refusal: `The file has more than ${spokenSize(IMPORT_LIMITS.entryBytes)}.` };
  }
  const octets = new Uint8Array(Math.min(size, (await file.stat()).size));
  const { bytesRead } = await file.read(octets, 0, octets.length, start);
  if (bytesRead < size) return { refusal: "The tar is cut off in the middle of this file." };
  return { octets };
}
