import { ConfigError } from "#lib/config.ts";
import { log } from "#lib/log.ts";

/** What the planes' processes have in common: how they start, say why they cannot, and end. */

/** sysexits.h EX_CONFIG: a setting cannot be used, so starting again would not help. */
export const EXIT_CONFIG = 78;

/**
 * How Node runs a plane: requests leave short-lived objects behind, and with a roomy nursery the
 * collector sweeps far less often (issuing takes a tenth less processor time). Where threads come and go, V8 now and
 * then ends the process when it gives up WebAssembly code (nodejs/node#64500), so it keeps the little that there is.
 */
export const NODE_FLAGS = ["--max-semi-space-size=64", "--no-wasm-code-gc"];

/** What a plane tells its supervisor when it answers. */
export const READY = "ready";

/** How long requests that are under way may take after the signal to end. */
export const STOP_PATIENCE_MS = 8_000;

/**
 * Runs a plane until the process is told to end, or its supervisor is gone.
 *
 * @param name for the log
 * @param start starts it and returns how to end it
 */
export async function runPlane(name: string, start: () => Promise<() => Promise<void>>): Promise<void> {
  let stop: (() => Promise<void>) | undefined;
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), STOP_PATIENCE_MS).unref();
    try {
      await stop?.();
      process.exit(0);
    } catch (error) {
      log("server").error({ err: error }, `the ${name} plane did not end cleanly`);
      process.exit(1);
    }
  };
  process.on("SIGTERM", () => void end());
  process.on("SIGINT", () => void end());
  process.on("disconnect", () => void end());
  try {
    stop = await start();
    if (ending) await stop();
    process.send?.(READY);
  } catch (error) {
    if (ending) process.exit(0);
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(EXIT_CONFIG);
    }
    log("server").fatal({ err: error }, `the ${name} plane cannot start`);
    process.exit(1);
  }
}
