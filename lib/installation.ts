import { type Clock, systemClock } from "#lib/clock.ts";
import { type Config, ConfigError, config } from "#lib/config.ts";
import { type Database, database } from "#lib/database.ts";
import { loadMasterKey, type MasterKey } from "#lib/master-key.ts";

/**
 * What domain functions work on: one database, one master key, one clock. Passed in, so that a
 * test has an installation of its own and several may live in one process.
 */
export interface Installation {
  readonly config: Config;
  readonly database: Database;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
}

/** The hash before the first audit event. */
export const AUDIT_GENESIS = "0".repeat(64);

/**
 * Makes the one row that everything locks on, or checks that this process holds the master key
 * with which it was made.
 *
 * @throws ConfigError when the master key is not the one of this database
 */
export async function claimInstallation(installation: Installation): Promise<void> {
  const check = installation.masterKey.check();
  const ground =
    (await installation.database.read.ground.findUnique({ where: { id: 1 } })) ??
    (await installation.database.write(async (transaction) => {
      // Two processes may start at once on an empty database: the second finds the row made.
      const present = await transaction.ground.findUnique({ where: { id: 1 } });
      if (present !== null) return present;
      return transaction.ground.create({
        data: { id: 1, auditSequence: 0, auditHead: AUDIT_GENESIS, configuration: 1, masterKeyCheck: check },
      });
    }));
  if (ground.masterKeyCheck !== check) {
    throw new ConfigError(
      "The master key is not the one with which this database was made: restore the right COUNTERSIGN_MASTER_KEY or master-key file.",
    );
  }
}

const opened = globalThis as typeof globalThis & { countersignInstallation?: Installation };

/** This process's installation, from its settings. Kept on globalThis: Next bundles modules twice. */
export function installation(): Installation {
  opened.countersignInstallation ??= {
    config: config(),
    database: database(),
    masterKey: loadMasterKey(config().masterKey),
    clock: systemClock,
  };
  return opened.countersignInstallation;
}
