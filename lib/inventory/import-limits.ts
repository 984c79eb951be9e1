/** What one import may cost, so that no file makes the server run out of memory, disk or time. */
export const IMPORT_LIMITS = {
  /** Of the upload; ten times what 50,000 usual certificates need. */
  uploadBytes: 100 * 1024 * 1024,
  /** Files in an archive. */
  entries: 20_000,
  /** Of one file in an archive, unpacked: it is read into memory. */
  entryBytes: 64 * 1024 * 1024,
  /** Of all files of an archive, unpacked. */
  unpackedBytes: 300 * 1024 * 1024,
  /** From here on a file that unpacks to more than `ratio` times its size is taken for a bomb. */
  ratioFromBytes: 16 * 1024 * 1024,
  ratio: 100,
  /** After so many of them the rest of the archive is not looked at. */
  bombs: 5,
  /** Parts told one by one; more are only counted. */
  faults: 5_000,
  /** Kept of one unreadable part, and of all. */
  faultBodyBytes: 64 * 1024,
  faultBytes: 32 * 1024 * 1024,
  /** From the first byte read to the last certificate recorded. */
  durationMs: 20 * 60_000,
  /** At once in one process. */
  running: 3,
} as const;

/** Bytes as a person says them. */
export function spokenSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.round(kilobytes)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
