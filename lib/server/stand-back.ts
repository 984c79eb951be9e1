import { getPriority, setPriority } from "node:os";
import { log } from "#lib/log.ts";

/** As "nice" counts: a tenth of what others get, and only while there are too few processors for all. */
const NICENESS = 10;

/**
 * Lets other processes go first where processors are short: with each request to a service somebody waits for a
 * decision, and a page may take some milliseconds more. Covers the first thread of a process, and those that it starts
 * afterwards. Whoever stands back further already stays there: nobody but root may come forward again.
 *
 * @param pid 0 for this process
 */
export function standBack(pid = 0): void {
  try {
    if (getPriority(pid) < NICENESS) setPriority(pid, NICENESS);
  } catch (error) {
    log("server").warn({ err: error }, "the console could not be given less of the processor than decisions");
  }
}
