import { randomBytes } from "node:crypto";
import Sqlite from "better-sqlite3";
import type { Installation } from "#lib/installation.ts";

/**
 * Fills an SQLite installation with certificates as they would stand there, two names each. The
 * bodies are random: nothing reads them here, and random bytes are the hardest for any cache.
 */
export function fillCertificates(installation: Installation, count: number): void {
  if (installation.config.database.provider !== "sqlite") throw new Error("filling is for SQLite");
  const connection = new Sqlite(installation.config.database.file);
  connection.pragma("synchronous = OFF");
  connection.pragma("cache_size = -400000");
  const authority = connection
    .prepare(`SELECT "id" FROM "Authority" WHERE "slug" = 'bench-server-ca'`)
    .pluck()
    .get();
  const profile = connection
    .prepare(`SELECT "id" FROM "CertificateProfile" WHERE "slug" = 'server'`)
    .pluck()
    .get();
  const certificate = connection.prepare(
    `INSERT INTO "Certificate" ("id", "serial", "issuerId", "profileId", "status", "kind", "displayName", "subject",
       "issuerName", "notBefore", "notAfter", "keyAlgorithm", "keySha256", "sha256", "sha1", "body", "source",
       "lineageId", "replacesId", "requestedBy", "createdAt")
     VALUES (?, ?, ?, ?, 'issued', 'end-entity', ?, '', 'CN=Bench Server CA,O=Bench', ?, ?, 'ecdsa-p256', ?, ?, ?, ?,
       'api', ?, NULL, 'bench', ?)`,
  );
  const name = connection.prepare(
    `INSERT INTO "CertificateName" ("id", "certificateId", "type", "value", "reversed") VALUES (?, ?, ?, ?, ?)`,
  );
  const start = Date.UTC(2024, 0, 1);
  const step = (Date.now() - start) / count;
  const block = connection.transaction((from: number, to: number) => {
    for (let number = from; number < to; number++) {
      // In the order of their making, as ids are.
      const id = `00${number.toString(36).padStart(10, "0")}${randomBytes(7).toString("hex")}`;
      const host = `host-${number}.example.com`;
      const made = start + Math.floor((number * step) / 1000) * 1000;
      certificate.run(
        id,
        `7${randomBytes(17).toString("hex")}`.slice(0, 36),
        authority,
        profile,
        host,
        made,
        made + 90 * 86_400_000,
        randomBytes(32).toString("hex"),
        randomBytes(32).toString("hex"),
        randomBytes(20).toString("hex"),
        randomBytes(710),
        id,
        made,
      );
      for (const [position, value] of [host, `spiffe://example.com/host-${number}`].entries()) {
        name.run(
          `${id}.${position}`,
          id,
          position === 0 ? "dns" : "uri",
          value,
          [...value].reverse().join(""),
        );
      }
    }
  });
  for (let from = 0; from < count; from += 20_000) block(from, Math.min(count, from + 20_000));
  connection.exec("ANALYZE");
  connection.close();
}
