/**
 * Derives the PostgreSQL schema from prisma/schema.prisma: only the datasource and the client's
 * output folder differ. Plain JavaScript because the bootstrap runs it on any Node ≥ 20.
 */
import { readFileSync, writeFileSync } from "node:fs";

/**
 * @param {string} source the text of prisma/schema.prisma
 * @returns {string} the same model for PostgreSQL
 */
export function derivePostgresqlSchema(source) {
  const derived = source
    .replace(
      'output                 = "./generated/sqlite"',
      'output                 = "./generated/postgresql"',
    )
    .replace('provider = "sqlite"', 'provider = "postgresql"');
  if (!derived.includes("./generated/postgresql") || !derived.includes('provider = "postgresql"')) {
    throw new Error("prisma/schema.prisma no longer has the lines that derive-schema.mjs replaces.");
  }
  return `// Derived from schema.prisma by lib/server/derive-schema.mjs; do not edit.\n${derived}`;
}

/**
 * Writes prisma/postgresql.prisma below the given project folder.
 *
 * @param {string} root absolute path of the project
 */
export function writePostgresqlSchema(root) {
  const source = readFileSync(`${root}/prisma/schema.prisma`, "utf8");
  writeFileSync(`${root}/prisma/postgresql.prisma`, derivePostgresqlSchema(source));
}
