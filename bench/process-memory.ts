import { readdirSync, readFileSync } from "node:fs";

/** The processes that a process has started (Linux only). */
export function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => fieldOf(pid, "PPid") === parent);
}

/** What a process holds in memory. */
export function residentMegabytes(pid: number): number {
  return (fieldOf(pid, "VmRSS") ?? 0) / 1024;
}

/** A number of /proc/{pid}/status; null when the process has gone. */
function fieldOf(pid: number, name: string): number | null {
  try {
    const value = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(
      readFileSync(`/proc/${pid}/status`, "utf8"),
    )?.[1];
    return value === undefined ? null : Number(value);
  } catch {
    return null;
  }
}
