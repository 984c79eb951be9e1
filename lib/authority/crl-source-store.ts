import { openDriver } from "#lib/driver.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import type { ParsedCrl } from "#lib/x509/crl-reader.ts";

/** So much is written at once: others wait meanwhile. */
const PART_BYTES = 256 * 1024;

/** Parts removed at once. */
const REMOVED_AT_ONCE = 8;

/** A CRL that was written but is nobody's current one belongs to a process that died, when it is so old. */
const LEFT_MS = 3_600_000;

/** The largest number that a column holds; of larger ones only the time is compared. */
const NUMBER_MAX = 2n ** 63n - 1n;

/**
 * Writes a foreign CRL in parts. It says nothing until a source names it as its current one.
 *
 * @param sha256 lower-case hex
 * @returns the id of its row
 */
export async function storeForeignCrl(
  { database, clock }: Installation,
  sourceId: string,
  crl: ParsedCrl,
  { entries, sha256 }: { entries: number; sha256: string },
): Promise<string> {
  const { der } = crl;
  const [thisUpdate, nextUpdate] = [
    storableTime(crl.thisUpdate),
    crl.nextUpdate && storableTime(crl.nextUpdate),
  ];
  const id = newId();
  const number = crl.number === null || crl.number > NUMBER_MAX ? null : crl.number;
  await database.write((transaction) =>
    transaction.crl.create({
      data: {
        ...{ id, authorityId: null, sourceId, number, thisUpdate, nextUpdate, entries, sha256 },
        size: der.length,
        createdAt: clock.now(),
      },
    }),
  );
  // By a connection of its own: the model's client takes many times as long for bytes.
  const connection = await openDriver(database.target);
  try {
    for (let position = 0; position * PART_BYTES < der.length; position++) {
      const body = der.subarray(position * PART_BYTES, (position + 1) * PART_BYTES);
      await database.inTurn(() =>
        connection.transaction((transaction) =>
          transaction.insert("CrlPart", [{ crlId: id, position, body }]),
        ),
      );
    }
  } finally {
    await connection.close();
  }
  return id;
}

const EARLIEST = new Date("0001-01-01T00:00:00Z");

/** PostgreSQL knows no year 0. */
export function storableTime(time: Date): Date {
  return time < EARLIEST ? EARLIEST : time;
}

/** The bytes of a list. @throws Error when it was replaced meanwhile */
export async function foreignCrlOctets(
  { database }: Installation,
  { id, size }: { id: string; size: number },
): Promise<Uint8Array> {
  const octets = new Uint8Array(size);
  const connection = await openDriver(database.target);
  try {
    for (let position = 0, written = 0; written < size; position++) {
      const [part] = await connection.all(
        'SELECT "body" FROM "CrlPart" WHERE "crlId" = ? AND "position" = ?',
        [id, position],
      );
      if (!(part?.body instanceof Uint8Array)) throw new Error("the list was replaced before it was read");
      octets.set(part.body, written);
      written += part.body.length;
      await letOthersRun();
    }
  } finally {
    await connection.close();
  }
  return octets;
}

/** Removes lists of a source whose process died before they became the current one, or before it removed them. */
export async function removeLeftCrls({ database, clock }: Installation, sourceId: string): Promise<void> {
  const createdAt = { lt: new Date(clock.now().getTime() - LEFT_MS) };
  const left = await database.read.crl.findMany({
    where: { sourceId, createdAt, followed: { none: {} } },
    select: { id: true },
  });
  for (const { id } of left) await removeCrl({ database }, id);
}

/** Removes a CRL that is nobody's current one. */
export async function removeCrl({ database }: Pick<Installation, "database">, crlId: string): Promise<void> {
  for (;;) {
    const parts = await database.read.crlPart.findMany({
      where: { crlId },
      select: { position: true },
      take: REMOVED_AT_ONCE,
    });
    if (parts.length === 0) break;
    const position = { in: parts.map((part) => part.position) };
    await database.write((transaction) => transaction.crlPart.deleteMany({ where: { crlId, position } }));
  }
  await database.write((transaction) => transaction.crl.deleteMany({ where: { id: crlId } }));
}
