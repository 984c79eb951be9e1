/** A word of sh; plain ones stay as they are. */
export function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command as systemd wants it: it expands $ and % itself, and reads quotes much as sh does. */
export function forSystemd(command: string): string {
  return command.replaceAll("%", "%%").replaceAll("$", "$$$$");
}
