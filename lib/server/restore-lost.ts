import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Replacement } from "#lib/database-replacement.ts";
import type { StoredValue } from "#lib/database-snapshot.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** What a replaced database knew and the restored backup does not. */
export interface Lost {
  /** Certificates, all of them in the file. */
  certificates: number;
  /** Names of authorities whose key is only in the replaced database. */
  authorities: string[];
  /** Names of API tokens that were revoked since, and are valid again. */
  tokens: string[];
  /** E-mail addresses of people who were disabled since, and may sign in again. */
  people: string[];
}

/**
 * Compares the replaced database with the new one and writes the certificates that would be forgotten to a file,
 * so that they can be imported again.
 *
 * @param file made only when there are such certificates
 */
export async function rescueLost(replacement: Replacement, file: string): Promise<Lost> {
  const lost = { certificates: 0, ...(await lostDecisions(replacement)) };
  const first = forgottenCertificates(replacement, lost);
  const step = await first.next();
  if (step.done) return lost;
  await pipeline(
    Readable.from(
      (async function* () {
        yield step.value;
        yield* first;
      })(),
    ),
    createWriteStream(file, { flags: "wx", mode: 0o600, flush: true }),
  );
  return lost;
}

async function* forgottenCertificates(replacement: Replacement, lost: Lost): AsyncGenerator<string> {
  const all = `SELECT "sha256", "body" FROM "Certificate" WHERE "sha256" IS NOT NULL`;
  for await (const slice of replacement.queryReplaced(all)) {
    const known = await knownAmong(
      replacement,
      slice.map((row) => String(row.sha256)),
    );
    for (const row of slice) {
      if (known.has(String(row.sha256))) continue;
      lost.certificates++;
      yield encodePem("CERTIFICATE", row.body as Uint8Array);
    }
  }
}

async function knownAmong(replacement: Replacement, sha256: string[]): Promise<Set<string>> {
  const rows = await replacement.query(
    `SELECT "sha256" FROM "Certificate" WHERE "sha256" IN (${sha256.map(() => "?").join(", ")})`,
    sha256,
  );
  return new Set(rows.map((row) => String(row.sha256)));
}

/** Decisions that a restore takes back; whoever restores has to take them again. */
async function lostDecisions(replacement: Replacement): Promise<Omit<Lost, "certificates">> {
  const keys = await idsOf(replacement, `SELECT "id" FROM "AuthorityKey"`);
  const valid = await idsOf(replacement, `SELECT "id" FROM "ApiToken" WHERE "revokedAt" IS NULL`);
  const active = await idsOf(replacement, `SELECT "id" FROM "User" WHERE "status" = 'active'`);
  const names = async (sql: string, isLost: (id: string) => boolean) => {
    const found: string[] = [];
    for await (const slice of replacement.queryReplaced(sql)) {
      for (const row of slice) if (isLost(String(row.id))) found.push(oneLine(row.name));
    }
    return found;
  };
  return {
    authorities: await names(`SELECT "keyId" AS "id", "name" FROM "Authority"`, (id) => !keys.has(id)),
    tokens: await names(`SELECT "id", "name" FROM "ApiToken" WHERE "revokedAt" IS NOT NULL`, (id) =>
      valid.has(id),
    ),
    people: await names(`SELECT "id", "email" AS "name" FROM "User" WHERE "status" <> 'active'`, (id) =>
      active.has(id),
    ),
  };
}

async function idsOf(replacement: Replacement, sql: string): Promise<Set<string>> {
  return new Set((await replacement.query(sql)).map((row) => String(row.id)));
}

/** Names come from outside: neither a line of their own nor a terminal's control sequences. */
function oneLine(value: StoredValue | undefined): string {
  return String(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");
}
