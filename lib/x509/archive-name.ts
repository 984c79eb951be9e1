const ARCHIVES: readonly (readonly [name: string, at: number, magic: string])[] = [
  ["ZIP", 0, "PK\x03\x04"],
  ["ZIP", 0, "PK\x05\x06"],
  ["tar", 257, "ustar"],
  ["gzip", 0, "\x1f\x8b"],
  ["bzip2", 0, "BZh"],
  ["xz", 0, "\xfd7zXZ"],
  ["7z", 0, "7z\xbc\xaf"],
  ["RAR", 0, "Rar!"],
];

/** The kind of archive that some octets begin, or null. */
export function archiveName(octets: Uint8Array): string | null {
  const head = Buffer.from(octets.subarray(0, 300)).toString("latin1");
  return ARCHIVES.find(([, at, magic]) => head.startsWith(magic, at))?.[0] ?? null;
}
