import { readdirSync, readFileSync } from "node:fs";

/** Processor time of each thread of a process, in microseconds, by thread id (Linux only). */
export type ThreadTimes = ReadonlyMap<number, { name: string; microseconds: number }>;

/** A clock tick of /proc, 1/100 s on every Linux that Node runs on. */
const TICK_MICROSECONDS = 10_000;

export function threadTimes(pid: number): ThreadTimes {
  const folder = `/proc/${pid}/task`;
  return new Map(readdirSync(folder).map((thread) => [Number(thread), timeIn(`${folder}/${thread}/stat`)]));
}

/** Processor time of a process in seconds, threads that have ended included (Linux only). */
export function processSeconds(pid: number): number {
  return timeIn(`/proc/${pid}/stat`).microseconds / 1e6;
}

function timeIn(file: string): { name: string; microseconds: number } {
  // "pid (name) state …": the 14th and 15th field are user and system time, proc(5).
  const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(file, "utf8")) ?? [];
  const fields = rest.split(" ");
  return { name, microseconds: (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS };
}

/**
 * Who spent how much for each piece of work.
 *
 * @returns lines for people; the issuing thread is the one of the two workers that started first
 */
export function spentPerPiece(before: ThreadTimes, after: ThreadTimes, pieces: number): string[] {
  const sums = new Map<string, number>();
  let workers = 0;
  for (const [thread, { name, microseconds }] of [...after].sort(([a], [b]) => a - b)) {
    const label =
      name === "MainThread"
        ? "answering thread (TLS, HTTP, token, PEM)"
        : name === "WorkerThread"
          ? (WORKERS[workers++] ?? "further worker")
          : "V8's collector and compiler, libuv's pool";
    const spent = microseconds - (before.get(thread)?.microseconds ?? 0);
    sums.set(label, (sums.get(label) ?? 0) + spent);
  }
  const total = [...sums.values()].reduce((sum, each) => sum + each, 0);
  return [...sums, ["altogether", total] as const].map(
    ([label, spent]) => `    ${label.padEnd(64)} ${(spent / pieces).toFixed(0).padStart(5)} µs`,
  );
}

const WORKERS = [
  "issuing thread (rules, DER, lint, signature, SQLite, fsync)",
  "reading thread (request, proof of possession)",
];
