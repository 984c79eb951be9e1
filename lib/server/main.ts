import { ConfigError, config } from "#lib/config.ts";
import { announcePresence } from "#lib/database-presence.ts";
import { installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { announcement } from "#lib/server/announcement.ts";
import { EXIT_CONFIG } from "#lib/server/plane.ts";
import { checkSurroundings, prepareInstallation } from "#lib/server/preparation.ts";
import { type Supervisor, supervise } from "#lib/server/supervisor.ts";

/** One instance: checks its surroundings, brings the database up to date, keeps the planes running. */

let supervisor: Supervisor | undefined;

const stop = () => (supervisor === undefined ? process.exit(0) : supervisor.stop());
// Without whoever started us ("disconnect") there is nobody left to stop us either.
process.on("SIGTERM", stop).on("SIGINT", stop).on("SIGHUP", stop).on("disconnect", stop);

try {
  await checkSurroundings(config());
  const here = installation();
  await announcePresence(here.config.database);
  const setupToken = await prepareInstallation(here);
  await here.database.close();
  supervisor = supervise(here.config);
  supervisor.ready.then(() => process.stdout.write(announcement(here, setupToken)));
  process.exit(await supervisor.ended);
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  log("server").fatal({ err: error }, "Countersign could not start");
  process.exit(1);
}
