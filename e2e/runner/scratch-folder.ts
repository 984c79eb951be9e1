import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder for everything that the tests make, removed at the end also when a test was killed
 * before it could clean up.
 */
export function makeScratchFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "countersign-tests-"));
  // Servers that give up root (PostgreSQL, nginx) must get to their own folders inside.
  chmodSync(path, 0o711);
  return {
    path,
    remove() {
      stopDatabases(path);
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** PostgreSQL leaves its starter's process group; it names itself in a file of its data folder. */
function stopDatabases(path: string): void {
  for (const folder of readdirSync(path)) {
    try {
      const [pid] = readFileSync(join(path, folder, "data/postmaster.pid"), "utf8").split("\n");
      process.kill(Number(pid), "SIGQUIT");
    } catch {} // no database, or ended already
  }
}
