import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Config } from "#lib/config.ts";
import { log } from "#lib/log.ts";
import { EXIT_CONFIG, NODE_FLAGS, READY, STOP_PATIENCE_MS } from "#lib/server/plane.ts";
import { standBack } from "#lib/server/stand-back.ts";

/** The first pause before a crashed plane is started again; it doubles each time. */
const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_LAST_MS = 30_000;
/** A plane that ran this long was healthy: its next crash counts as the first. */
const HEALTHY_MS = 60_000;
/** A plane keeps to STOP_PATIENCE_MS itself; this is for one that hangs. */
const KILL_AFTER_MS = STOP_PATIENCE_MS + 500;

export interface Supervisor {
  /** When every plane has answered once. */
  readonly ready: Promise<void>;
  /** Exit code of the whole, when every plane has ended. */
  readonly ended: Promise<number>;
  /** Ends the planes; calling it again changes nothing. */
  stop(): void;
}

/** Starts the planes of this instance as child processes and keeps them running. */
export function supervise(config: Pick<Config, "planes" | "root">): Supervisor {
  const running = new Map<string, ChildProcess>();
  const pauses = new Map<string, NodeJS.Timeout>();
  const answered = new Set<string>();
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number>();
  let exitCode: number | undefined;

  const start = (plane: string, backOff: number) => {
    pauses.delete(plane);
    const began = Date.now();
    const child = fork(join(config.root, "lib/server", `${plane}.ts`), [], {
      cwd: config.root,
      execArgv: NODE_FLAGS,
    });
    // Before it has made any other thread: those take over where it stands.
    if (plane === "console" && child.pid !== undefined) standBack(child.pid);
    running.set(plane, child);
    child.on("message", (message) => {
      if (message !== READY) return;
      answered.add(plane);
      if (answered.size === config.planes.length) ready.resolve();
    });
    child.on("exit", (code, signal) => {
      running.delete(plane);
      if (code === EXIT_CONFIG) end(EXIT_CONFIG);
      if (exitCode !== undefined) return settle();
      const pause = Date.now() - began > HEALTHY_MS ? BACK_OFF_FIRST_MS : backOff;
      log("server").error({ plane, code, signal, startsAgainInMs: pause }, "a plane ended unexpectedly");
      pauses.set(
        plane,
        setTimeout(() => start(plane, Math.min(pause * 2, BACK_OFF_LAST_MS)), pause),
      );
    });
  };

  const end = (code: number) => {
    if (exitCode !== undefined) return;
    exitCode = code;
    for (const pause of pauses.values()) clearTimeout(pause);
    for (const child of running.values()) child.kill("SIGTERM");
    setTimeout(() => {
      for (const child of running.values()) child.kill("SIGKILL");
    }, KILL_AFTER_MS).unref();
    settle();
  };

  const settle = () => {
    if (running.size === 0 && exitCode !== undefined) ended.resolve(exitCode);
  };

  for (const plane of config.planes) start(plane, BACK_OFF_FIRST_MS);
  return { ready: ready.promise, ended: ended.promise, stop: () => end(0) };
}
