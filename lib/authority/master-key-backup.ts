import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import type { MasterKey } from "#lib/master-key.ts";

/**
 * Without the master key no authority's key can be opened again. When Countersign made its file, an admin
 * says here that a copy is kept elsewhere; until then the console reminds of it.
 */
export interface MasterKeyCare {
  origin: MasterKey["origin"];
  /** Who said that there is a copy, and when; null before. */
  backup: { by: string; at: Date } | null;
}

const KEY = "master-key-backup";

/** How the master key is kept. @throws DomainError `forbidden` */
export async function masterKeyCare(installation: Installation, actor: Actor): Promise<MasterKeyCare> {
  authorize(actor, "authority:read");
  const row = await installation.database.read.setting.findUnique({ where: { key: KEY } });
  const noted = row === null ? null : (JSON.parse(row.value) as { by: string; at: string });
  return {
    origin: installation.masterKey.origin,
    backup: noted === null ? null : { by: noted.by, at: new Date(noted.at) },
  };
}

/**
 * Notes that a copy of the master-key file is kept elsewhere.
 *
 * @throws DomainError `forbidden`, or `conflict` when it is noted already
 */
export async function noteMasterKeyBackup(installation: Installation, actor: Actor): Promise<void> {
  authorize(actor, "authority:create");
  const now = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const present = await transaction.setting.findUnique({ where: { key: KEY } });
    if (present !== null) {
      const { by } = JSON.parse(present.value) as { by: string };
      throw new DomainError("conflict", `${by} has noted a copy of the master key already.`);
    }
    const value = JSON.stringify({ by: actor.name, at: now.toISOString() });
    await transaction.setting.create({ data: { key: KEY, value } });
    await appendAudit(transaction, actor, now, {
      action: "master-key.backup-noted",
      object: { kind: "master-key", id: "master-key", name: "Master key" },
      details: { origin: installation.masterKey.origin },
    });
  });
}
