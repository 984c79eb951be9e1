/**
 * One bootstrap at a time per folder: two would install and build over each other. The lock is a
 * file that names its process; that of a killed process is taken over.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;

/** A lock that is empty for longer was not just being written: its process was killed over it. */
const WRITING_MS = 2_000;

/**
 * Waits for the lock.
 *
 * @param {string} file the lock's absolute path
 * @param {(pid: number) => void} onWait called once when another process holds it
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeLock(file, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, born: birthOf(process.pid) });
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = readHolder(file);
    if (holder === "gone") continue;
    if (holder === "dead") {
      removeStale(file);
      continue;
    }
    if (holder !== "writing" && !told) {
      onWait(holder);
      told = true;
    }
    await sleep(POLL_MS);
  }
}

/** Renaming is atomic: of several who find the stale lock only one removes it. */
function removeStale(file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    // Another was faster, and this is its lock: it gets it back.
    if (readHolder(aside) !== "dead") renameSync(aside, file);
  } catch {
    // Another has removed it.
  }
  rmSync(aside, { force: true });
}

/** The holder's process id, "writing" while it comes, "dead" when it no longer runs, "gone" when it gave it back. */
function readHolder(file) {
  let text;
  let age;
  try {
    text = readFileSync(file, "utf8");
    age = Date.now() - statSync(file).mtimeMs;
  } catch {
    return "gone";
  }
  if (text === "" && age < WRITING_MS) return "writing";
  try {
    const { pid, born } = JSON.parse(text);
    process.kill(pid, 0);
    // The same number may belong to another process by now.
    return birthOf(pid) === born ? pid : "dead";
  } catch (error) {
    return error.code === "EPERM" ? "unknown" : "dead";
  }
}

/** When a process began, in the kernel's ticks; empty where there is no /proc. */
function birthOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return "";
  }
}
