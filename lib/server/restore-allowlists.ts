import { ALLOWLIST_FORMATS } from "#lib/access/allowlist/allowlist-format.ts";
import type { Replacement } from "#lib/database-replacement.ts";
import { ACCESS_SINCE } from "#lib/server/restore-access.ts";
import { replacedMigration } from "#lib/server/restore-decisions.ts";
import type { StoredRow } from "#lib/server/restore-rows.ts";

/** More versions than a list has between a backup and its restore. */
const LEAP = 1_000_000;

/**
 * Lets the versions of allowlists go on from where proxies have them: a proxy takes no list of a lower number, so with
 * the backup's it would keep the one it has, whoever is suspended. What the lists say is made anew.
 *
 * @param isKnown whether the replaced database was read to its end; else the numbers leap ahead of whatever it had
 * @param at whole seconds
 */
export async function raiseAllowlists(replacement: Replacement, isKnown: boolean, at: Date): Promise<void> {
  const table = replacement.tables.find(({ name }) => name === "Allowlist");
  if (table === undefined) return;
  await replacement.query(`UPDATE "Allowlist" SET "sha256" = ''`);
  const newest = isKnown ? await replacedVersions(replacement) : await leapt(replacement);
  const services = new Set(
    (await replacement.query('SELECT "id" FROM "Service"')).map(({ id }) => String(id)),
  );
  for (const { serviceId, format, version } of newest) {
    if (!services.has(String(serviceId))) continue;
    const raised = await replacement.query(
      `UPDATE "Allowlist" SET "version" = CASE WHEN "version" < ? THEN ? ELSE "version" END
       WHERE "serviceId" = ? AND "format" = ? RETURNING "version"`,
      [Number(version), Number(version), String(serviceId), String(format)],
    );
    if (raised.length > 0) continue;
    const row: StoredRow = {
      ...{ serviceId: String(serviceId), format: String(format), version: Number(version), sha256: "" },
      ...{ admitted: 0, unexpressed: 0, madeAt: at.getTime() },
    };
    await replacement.insert(table, [table.columns.map(([name]) => row[name] ?? null)]);
  }
}

async function replacedVersions(replacement: Replacement): Promise<StoredRow[]> {
  if ((await replacedMigration(replacement)) < ACCESS_SINCE) return [];
  const found: StoredRow[] = [];
  for await (const slice of replacement.queryReplaced(VERSIONS)) found.push(...slice);
  return found;
}

/** Every list that somebody may have fetched. */
async function leapt(replacement: Replacement): Promise<StoredRow[]> {
  const versions = new Map(
    (await replacement.query(VERSIONS)).map(({ serviceId, format, version }) => [
      `${serviceId} ${format}`,
      Number(version),
    ]),
  );
  const services = await replacement.query('SELECT "id" FROM "Service"');
  return services.flatMap(({ id }) =>
    ALLOWLIST_FORMATS.map((format) => ({
      serviceId: String(id),
      format,
      version: (versions.get(`${id} ${format}`) ?? 0) + LEAP,
    })),
  );
}

const VERSIONS = 'SELECT "serviceId", "format", "version" FROM "Allowlist"';
