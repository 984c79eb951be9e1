import { addSeconds } from "#lib/clock.ts";
import type { ColumnValue, DriverConnection } from "#lib/driver.ts";

/** So many revocations are marked at once, or what one transaction recorded when that is more. */
const MARKED = 500;

/** Parts of half a megabyte that are removed at once. */
const PARTS = 4;

/** A list that never became the current one, and still might, is left alone for so long. */
const UNFINISHED_SECONDS = 86_400;

/**
 * What is left to do once a CRL is in force: to note on the revocations in it when they were published, and to
 * remove the lists before it and what crashes left behind. In small steps, as others write, too. What is not done
 * within the time is done when it is called again: all of it is found by what is in the database.
 *
 * @param now whole seconds
 * @param patienceMs how long it may take
 * @returns whether nothing is left
 */
export async function settleCrls(
  connection: DriverConnection,
  authorityId: string,
  now: Date,
  patienceMs: number,
): Promise<boolean> {
  const until = performance.now() + patienceMs;
  for (const step of [markPublished(connection, authorityId), removeReplaced(connection, authorityId, now)]) {
    for await (const _ of step) if (performance.now() > until) return false;
  }
  return true;
}

async function* markPublished(connection: DriverConnection, authorityId: string): AsyncGenerator<void> {
  const [current] = await connection.all(
    `SELECT p."published", l."createdAt" FROM "CrlPublication" p JOIN "Crl" l ON l."id" = p."crlId"
     WHERE p."authorityId" = ?`,
    [authorityId],
  );
  if (current === undefined) return;
  const { published = 0, createdAt = null } = current;
  // All up to some change are marked and none after it, as this goes from the oldest to the newest.
  const [newest] = await connection.all(
    `SELECT "change" FROM "Revocation" WHERE "issuerId" = ? AND "change" <= ? AND "publishedAt" IS NOT NULL
     ORDER BY "change" DESC LIMIT 1`,
    [authorityId, published],
  );
  let marked: ColumnValue = newest?.change ?? 0;
  for (;;) {
    const next = await connection.all(
      `SELECT "change" FROM "Revocation" WHERE "issuerId" = ? AND "change" > ? AND "change" <= ?
       ORDER BY "change" LIMIT ${MARKED}`,
      [authorityId, marked, published],
    );
    const last = next.at(-1)?.change;
    if (last === undefined || last === null) return;
    await connection.transaction((transaction) =>
      transaction.run(
        `UPDATE "Revocation" SET "publishedAt" = ?
         WHERE "issuerId" = ? AND "change" > ? AND "change" <= ? AND "publishedAt" IS NULL`,
        [createdAt, authorityId, marked, last],
      ),
    );
    marked = last;
    yield;
  }
}

/** Whoever still builds a list in the place of one that is replaced itself cannot finish, see crl-publish.ts. */
async function* removeReplaced(
  connection: DriverConnection,
  authorityId: string,
  now: Date,
): AsyncGenerator<void> {
  const replaced = await connection.all(
    `SELECT l."id" FROM "Crl" l JOIN "CrlPublication" p ON p."authorityId" = l."authorityId"
     WHERE l."authorityId" = ? AND l."id" <> p."crlId" AND (l."number" < p."number" OR l."createdAt" < ?)`,
    [authorityId, addSeconds(now, -UNFINISHED_SECONDS)],
  );
  for (const { id = null } of replaced) {
    for (let removed = PARTS; removed === PARTS; ) {
      removed = await connection.transaction((transaction) =>
        transaction.run(
          `DELETE FROM "CrlPart" WHERE "crlId" = ? AND "position" IN
             (SELECT "position" FROM "CrlPart" WHERE "crlId" = ? ORDER BY "position" LIMIT ${PARTS})`,
          [id, id],
        ),
      );
      yield;
    }
    await connection.transaction((transaction) => transaction.run('DELETE FROM "Crl" WHERE "id" = ?', [id]));
  }
}
