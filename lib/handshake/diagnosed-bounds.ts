/** Bounds of lines that are diagnosed and not stored, as they come and unpacked. */
export const DIAGNOSED_BYTES_MAX = 2 * 1024 * 1024;
export const DIAGNOSED_UNPACKED_MAX = 4 * 1024 * 1024;

/** More is a log, and belongs to where logs are sent. */
export const DIAGNOSED_LINES_MAX = 5_000;
