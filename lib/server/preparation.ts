import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { type Config, ConfigError } from "#lib/config.ts";
import { migrate } from "#lib/database-migrations.ts";
import { ensureSetupToken } from "#lib/identity/setup-state.ts";
import { claimInstallation, type Installation } from "#lib/installation.ts";
import { listen, type Place } from "#lib/server/listening.ts";
import { consolePlace, protocolPlaces } from "#lib/server/places.ts";

/**
 * What must hold before any plane starts: everything that a person may have got wrong is found
 * here, and said once.
 */

/** @throws ConfigError when a folder cannot be written or a port cannot be opened */
export async function checkSurroundings(config: Config): Promise<void> {
  if (config.database.provider === "sqlite") {
    checkFolder(config.dataFolder, "the data folder", "COUNTERSIGN_DATA_FOLDER");
    checkFolder(dirname(config.database.file), "the folder of the SQLite file", "DATABASE_URL");
  }
  for (const place of placesOf(config)) await checkFree(place);
}

/**
 * Brings the database up to date and makes sure that it is ours.
 *
 * @returns the one-time set-up token, null once set-up is done
 * @throws ConfigError when the database cannot be used or the master key is not its own
 */
export async function prepareInstallation(installation: Installation): Promise<string | null> {
  const { database } = installation.config;
  try {
    await migrate(database, installation.config.root);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (database.provider === "sqlite" && code?.startsWith("SQLITE_")) {
      throw new ConfigError(`The SQLite database ${database.file} cannot be used: ${message}.`, {
        cause: error,
      });
    }
    throw error;
  }
  await claimInstallation(installation);
  return ensureSetupToken(installation);
}

function checkFolder(folder: string, what: string, setting: string): void {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new ConfigError(
      `Countersign cannot write to ${what} ${folder} (${(error as NodeJS.ErrnoException).code}): give this user the right to, or name another with ${setting}.`,
      { cause: error },
    );
  }
}

function placesOf(config: Config): Place[] {
  return config.planes.flatMap((plane) =>
    plane === "console" ? [consolePlace(config)] : Object.values(protocolPlaces(config)),
  );
}

async function checkFree(place: Place): Promise<void> {
  const probe = createServer();
  await listen(probe, place);
  await new Promise((resolve) => probe.close(resolve));
}
