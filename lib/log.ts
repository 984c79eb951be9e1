import pino from "pino";
import { config } from "#lib/config.ts";

/** Fields that must never reach a log, whatever object they hang on. */
const SECRET_FIELDS = ["password", "token", "secret", "privateKey", "authorization", "cookie", "masterKey"];

let root: pino.Logger | undefined;

/**
 * The process's logger, one JSON line per entry on standard output.
 *
 * @param room the folder of lib that writes, e.g. `authority`
 */
export function log(room: string): pino.Logger {
  root ??= pino({
    level: config().logLevel,
    base: { pid: process.pid },
    redact: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
  });
  return root.child({ room });
}
