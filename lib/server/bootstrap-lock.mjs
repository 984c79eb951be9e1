/**
 * One bootstrap at a time per folder: two would install and build over each other. The lock is a
 * file that names its process; that of a killed process is taken over.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;

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
      // Renaming is atomic: of several who find the stale lock only one removes it.
      try {
        renameSync(file, `${file}.${process.pid}`);
        rmSync(`${file}.${process.pid}`, { force: true });
      } catch {}
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    await sleep(POLL_MS);
  }
}

/** The holder's process id, "dead" when it no longer runs, "gone" when the lock was given back. */
function readHolder(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return "gone";
  }
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
