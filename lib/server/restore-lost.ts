import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Replacement } from "#lib/database-replacement.ts";
import { type LostDecisions, lostDecisions } from "#lib/server/restore-decisions.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** What a replaced database knew and the restored backup does not. */
export interface Lost {
  /** Certificates, all of them in the file. */
  certificates: number;
  /** Decisions that are to be taken again. */
  again: LostDecisions[];
}

/**
 * Compares the replaced database with the new one and writes the certificates that would be forgotten to a file,
 * so that they can be imported again.
 *
 * @param file made only when there are such certificates
 */
export async function rescueLost(replacement: Replacement, file: string): Promise<Lost> {
  const lost = { certificates: 0, again: await lostDecisions(replacement) };
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
