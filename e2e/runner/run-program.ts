import { spawn } from "node:child_process";

/** Exit code of a step that was ended because its time was over, as of timeout(1). */
export const TIMED_OUT = 124;

/** After being asked to end, a step may take this long to clean up. */
const KILL_AFTER_MS = 15_000;

let running: { end(): void } | undefined;

/** Ends the program that runs now, for when this process is told to end. */
export function endRunning(): void {
  running?.end();
}

/**
 * Runs a program with its own process group and this terminal's output.
 *
 * @param timeoutMs after which the whole group is ended
 * @returns its exit code
 */
export function runProgram(
  program: string,
  parameters: string[],
  options: { timeoutMs: number; environment: Record<string, string> },
): Promise<number> {
  const child = spawn(program, parameters, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...options.environment },
    detached: true,
  });
  let timedOut = false;
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid ?? 0), name);
    } catch {} // ended meanwhile
  };
  const end = () => {
    signal("SIGTERM");
    setTimeout(() => signal("SIGKILL"), KILL_AFTER_MS).unref();
  };
  running = { end };
  const timer = setTimeout(() => {
    timedOut = true;
    process.stderr.write(`\nToo slow: ended after ${Math.round(options.timeoutMs / 1000)} s\n`);
    end();
  }, options.timeoutMs);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      running = undefined;
      // What the program may have left behind in its group goes with it.
      signal("SIGKILL");
      resolve(timedOut ? TIMED_OUT : (code ?? 1));
    });
  });
}
