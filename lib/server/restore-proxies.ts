import type { Replacement } from "#lib/database-replacement.ts";
import type { StoredValue } from "#lib/database-snapshot.ts";
import { olderMigration, oneLine } from "#lib/server/restore-decisions.ts";
import { BECAUSE, type CarriedPart, pairsOf, type StoredRow } from "#lib/server/restore-rows.ts";

/** What a proxy out there has and does, whatever the database was restored to. */
const PROOFS = ["status", "header", "tokenPrefix", "tokenHash", "certificateSha256"];

/** What it loads and runs, and since when databases know that. */
const LOADS = ["bundle", "software"];
const LOADS_SINCE = "0005_failures";

/**
 * Keeps by what proxies prove themselves, how they pass certificates on, and what they load and run: out there they are
 * as they were last. A retired one stays retired, and a service that was taken from one stays taken.
 */
export async function carryProxies(replacement: Replacement): Promise<CarriedPart> {
  const carried: CarriedPart = { again: [], entries: [] };
  const { before: servicesBefore, now: servicesNow } = await servicesOf(replacement);
  const [made, added]: [string[], string[]] = [[], []];
  const changed: { id: string; values: StoredValue[] }[] = [];
  const kept = (await olderMigration(replacement)) < LOADS_SINCE ? PROOFS : [...PROOFS, ...LOADS];
  const sql = `SELECT "id", "name", ${kept.map((proof) => `"${proof}"`).join(", ")} FROM "Proxy"`;
  for await (const { before, now } of pairsOf(replacement, sql)) {
    const [id, name] = [String(before.id), oneLine(before.name)];
    if (now === undefined) {
      if (before.status !== "retired") made.push(name);
      continue;
    }
    const [own, present] = [servicesBefore.get(id) ?? [], servicesNow.get(id) ?? []];
    if (own.some((serviceId) => !present.includes(serviceId))) added.push(name);
    const taken = present.filter((serviceId) => !own.includes(serviceId));
    const proofs = kept.filter((proof) => !isSame(before, now, proof));
    if (taken.length === 0 && proofs.length === 0) continue;
    for (const serviceId of taken) {
      await replacement.query('DELETE FROM "ProxyService" WHERE "proxyId" = ? AND "serviceId" = ?', [
        id,
        serviceId,
      ]);
    }
    if (proofs.length > 0) {
      // Two may have changed their certificates with each other: nobody has one until all are known.
      await replacement.query('UPDATE "Proxy" SET "certificateSha256" = NULL WHERE "id" = ?', [id]);
      changed.push({ id, values: kept.map((proof) => before[proof] ?? null) });
    }
    carried.entries.push({
      action: proofs.includes("status") && before.status === "retired" ? "proxy.retired" : "proxy.changed",
      object: { kind: "proxy", id, name },
      details: { kept: proofs.filter((proof) => proof !== "tokenHash"), servicesTaken: taken, ...BECAUSE },
    });
  }
  const columns = kept.map((proof) => `"${proof}" = ?`).join(", ");
  for (const { id, values } of changed) {
    await replacement.query(`UPDATE "Proxy" SET ${columns}, "version" = "version" + 1 WHERE "id" = ?`, [
      ...values,
      id,
    ]);
  }
  carried.again.push(
    { kind: "proxiesMade", sentence: "Proxies connected after the backup: connect them again", names: made },
    {
      kind: "proxiesServices",
      sentence: "Proxies that were put before further services after the backup: do it again",
      names: added,
    },
  );
  return carried;
}

const isSame = (before: StoredRow, now: StoredRow, proof: string) =>
  (before[proof] ?? null) === (now[proof] ?? null);

async function servicesOf(
  replacement: Replacement,
): Promise<{ before: Map<string, string[]>; now: Map<string, string[]> }> {
  const sql = 'SELECT "proxyId", "serviceId" FROM "ProxyService"';
  const before: StoredRow[] = [];
  for await (const slice of replacement.queryReplaced(sql)) before.push(...slice);
  return { before: grouped(before), now: grouped(await replacement.query(sql)) };
}

function grouped(rows: readonly StoredRow[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { proxyId, serviceId } of rows) {
    const own = found.get(String(proxyId)) ?? [];
    own.push(String(serviceId));
    found.set(String(proxyId), own);
  }
  return found;
}
