import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { ConfigError, config } from "#lib/config.ts";
import { openDatabase } from "#lib/database.ts";
import { announcePresence } from "#lib/database-presence.ts";
import { loadMasterKey } from "#lib/master-key.ts";
import { commandOptions } from "#lib/server/command-line.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE, fillDemo } from "#lib/server/demo-data.ts";
import { removeDemo } from "#lib/server/demo-removal.ts";
import { listen } from "#lib/server/listening.ts";
import { EXIT_CONFIG } from "#lib/server/plane.ts";
import { checkSurroundings, prepareInstallation } from "#lib/server/preparation.ts";

/**
 * `npm run demo`: the console with a company's two years, in the folder `demo` and on ports of its own. What is
 * there is kept; `-- --fresh` makes it anew. start.mjs lets none of the user's own settings in, and names the
 * settings file that is written here.
 */

const FOLDER = resolve(import.meta.dirname, "../../demo");
const SETTINGS_FILE = join(FOLDER, "countersign.env");
const COMPLETE = join(FOLDER, "complete");
const PORTS: [setting: string, first: number][] = [
  ["COUNTERSIGN_CONSOLE_PORT", 3100],
  ["COUNTERSIGN_HTTP_PORT", 3180],
  ["COUNTERSIGN_HTTPS_PORT", 3543],
];

try {
  const options = commandOptions({ fresh: { type: "boolean" } }, "npm run demo [-- --fresh]");
  const kept = existsSync(COMPLETE) && options.fresh !== true;
  if (!kept) await removeDemo(FOLDER);
  await writeSettings();
  if (!kept) await make();
  process.stdout.write(announcement(kept));
  await import("#lib/server/main.ts");
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_CONFIG;
}

/** Free ports, which may be others than last time. */
async function writeSettings(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  const lines = ["COUNTERSIGN_DATA_FOLDER=demo", "COUNTERSIGN_PROTOCOL_ADDRESS=127.0.0.1"];
  for (const [setting, first] of PORTS) lines.push(`${setting}=${await freePort(first)}`);
  writeFileSync(SETTINGS_FILE, `${lines.join("\n")}\n`, { mode: 0o600 });
}

async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 50; port++) {
    const probe = createServer();
    try {
      await listen(probe, { address: "127.0.0.1", port, addressSetting: "", portSetting: "" });
      return port;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    } finally {
      probe.close();
    }
  }
  throw new ConfigError(`The ports ${first} to ${first + 49} are all taken.`);
}

async function make(): Promise<void> {
  const began = Date.now();
  process.stdout.write("Making two years of certificates… ");
  const settings = config();
  await checkSurroundings(settings);
  const leave = await announcePresence(settings.database);
  const installation = {
    config: settings,
    database: openDatabase(settings.database),
    masterKey: loadMasterKey(settings.masterKey),
    clock: systemClock,
  };
  await prepareInstallation(installation);
  await fillDemo(installation);
  await installation.database.close();
  await leave();
  closeSync(openSync(COMPLETE, "w"));
  process.stdout.write(`(${Math.round((Date.now() - began) / 1000)} s)\n`);
}

function announcement(kept: boolean): string {
  const people = DEMO_PEOPLE.map(({ email, role }) => `  ${role.padEnd(9)} ${email}`);
  return `
This is a demo: invented people and certificates, on this machine only, in the folder demo.
${kept ? "It is the one made before; npm run demo -- --fresh makes it anew.\n" : ""}
Sign in with the password "${DEMO_PASSWORD}" as
${people.join("\n")}
`;
}
