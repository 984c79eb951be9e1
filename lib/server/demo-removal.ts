import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "#lib/config.ts";
import { demandAbsence } from "#lib/database-presence.ts";

/** Where a demo's database lies in its folder, as lib/config.ts has it for every data folder. */
const DATABASE = "countersign.sqlite";

/**
 * Removes what a demo made, and nothing else: the folder may hold something of somebody's.
 *
 * @param folder absolute path; need not exist
 * @throws ConfigError when a demo runs there, or is being made
 */
export async function removeDemo(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const release = await demandAbsence({ provider: "sqlite", file: join(folder, DATABASE) });
  if (release === null) {
    throw new ConfigError("A demo is running in the folder demo: stop it first. Nothing was removed.");
  }
  try {
    for (const name of readdirSync(folder)) {
      // The lock by which a running demo is known stays: two files of that name would be two locks.
      if (name.startsWith(`${DATABASE}.running`)) continue;
      if (/^(countersign\.(sqlite.*|env)|master\.key|complete)$/.test(name)) rmSync(join(folder, name));
    }
  } finally {
    await release();
  }
}
