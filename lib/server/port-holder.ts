import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENING = "0A";

/**
 * Who listens on a TCP port, for an error message.
 *
 * @returns e.g. `process 4711 (nginx)`; undefined where there is no /proc or the process belongs
 * to somebody else
 */
export function portHolder(port: number): string | undefined {
  const inodes = new Set(["tcp", "tcp6"].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of entries("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of entries(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined && inodes.has(inode)) {
        return `process ${pid} (${textOf(`/proc/${pid}/comm`).trim()})`;
      }
    }
  }
  return undefined;
}

/** Columns of /proc/net/tcp: 1 is local address:port in hexadecimal, 3 the state, 9 the inode. */
function listeningInodes(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return textOf(`/proc/net/${table}`)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(wanted) && columns[3] === LISTENING)
    .flatMap((columns) => columns[9] ?? []);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // ended meanwhile, or not ours to look into
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
