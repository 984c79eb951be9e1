import { createHash } from "node:crypto";
import { storeCrl } from "#lib/authority/crl-store.ts";
import { leftOutBefore, timesOfCrl } from "#lib/authority/crl-times.ts";
import { openSigner } from "#lib/authority/key-store.ts";
import type { Signer } from "#lib/authority/signer.ts";
import type { Config } from "#lib/config.ts";
import { type DatabaseView, openDatabaseView, type RowValue } from "#lib/database-view.ts";
import type { DriverConnection } from "#lib/driver.ts";
import type { MasterKey } from "#lib/master-key.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { type CrlFrame, crlEntry, crlFrame, tbsCrlFrame } from "#lib/x509/crl-writer.ts";
import { fromHex } from "#lib/x509/hex.ts";
import type { RevocationReason } from "#lib/x509/revocation-reason.ts";

/** What is to be built. */
export interface CrlOrder {
  /** Of the row that is made for it. */
  crlId: string;
  authorityId: string;
  number: bigint;
  /** Whole seconds. */
  now: Date;
  /** Seconds from now to nextUpdate. */
  life: number;
  /** thisUpdate of the list that it replaces; null for the first. */
  previous: Date | null;
}

/** A CRL that is signed and stored, and not the current one yet. */
export interface BuiltCrl {
  crlId: string;
  number: bigint;
  /** The value of CrlPublication.changes up to which it contains everything. */
  changes: number;
  entries: number;
  size: number;
  thisUpdate: Date;
  nextUpdate: Date;
}

/**
 * Builds the complete CRL of an authority from the revocations as they are at one moment, signs and stores it.
 * Rows are read slice by slice, so that a million of them need little more memory than the list itself.
 *
 * @param database is read through a connection of its own
 * @param connection writes the list
 * @throws Error when the authority's key cannot be opened, and whatever the database throws
 */
export async function buildCrl(
  database: Config["database"],
  connection: DriverConnection,
  masterKey: MasterKey,
  order: CrlOrder,
): Promise<BuiltCrl> {
  const { crlId, authorityId, number, now, life, previous } = order;
  const { issuer, entries } = await readList(database, masterKey, order);
  const times = timesOfCrl(now, life, previous);
  const der = await signed(issuer, entries, times, number);
  const built = { number, entries: entries.count, size: der.length, ...times };
  const sha256 = createHash("sha256").update(der).digest("hex");
  await storeCrl(connection, { id: crlId, authorityId, createdAt: now, sha256, ...built }, der);
  return { crlId, changes: issuer.changes, ...built };
}

interface Issuer {
  /** DER Name, byte for byte as in its certificate. */
  name: Uint8Array;
  keyIdentifier: Uint8Array;
  signer: Signer;
  /** Counts what changed up to the moment at which it was read. */
  changes: number;
}

interface Entries {
  /** In the middle of a buffer that has room for the rest of the list on both sides: nothing is copied. */
  buffer: Uint8Array;
  start: number;
  end: number;
  count: number;
}

/** Everything of one moment: the counter of changes says exactly which of them the entries contain. */
async function readList(
  database: Config["database"],
  masterKey: MasterKey,
  { authorityId, now, life, previous }: CrlOrder,
): Promise<{ issuer: Issuer; entries: Entries }> {
  const view = await openDatabaseView(database);
  try {
    const issuer = await readIssuer(view, masterKey, authorityId);
    const issuerIds = await readSameIssuers(view, authorityId);
    const entries = await readEntries(view, issuerIds, leftOutBefore(now, life, previous));
    return { issuer, entries };
  } finally {
    await view.close();
  }
}

async function readIssuer(view: DatabaseView, masterKey: MasterKey, authorityId: string): Promise<Issuer> {
  const row = await view.first(
    `SELECT c."body", k."id", k."algorithm", k."sealed", k."spki", p."changes"
     FROM "Authority" a JOIN "Certificate" c ON c."id" = a."certificateId"
       JOIN "AuthorityKey" k ON k."id" = a."keyId" JOIN "CrlPublication" p ON p."authorityId" = a."id"
     WHERE a."id" = ?`,
    [authorityId],
  );
  if (row === null) throw new Error(`the authority ${authorityId} has gone`);
  const [body, id, algorithm, sealed, spki, changes] = row;
  const { subjectDer, subjectKeyIdentifier } = parseCertificate(bytes(body));
  return {
    name: subjectDer,
    keyIdentifier: fromHex(subjectKeyIdentifier ?? ""),
    signer: openSigner(masterKey, {
      id: String(id),
      algorithm: String(algorithm),
      sealed: bytes(sealed),
      spki: bytes(spki),
    }),
    changes: Number(changes),
  };
}

const bytes = (value: RowValue | undefined) =>
  value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array();

/** Room before the entries for headers and the issuer's name, and behind for extensions and any signature. */
const ROOM_BYTES = 65_536;

/** What an entry has at most beside its serial number: headers, time, reason and invalidity date. */
const ENTRY_BYTES = 72;

/** So many entries are in memory as text at once: little enough for V8 to keep that text among what is short-lived. */
const SLICE = 1_500;

/** In the order of its index, which carries every column that is read: so authorities are read one by one. */
const ROWS = '"Revocation" WHERE "issuerId" = ? AND ("notAfter", "serial") > (?, ?)';

/** A relying party that finds this list looks no further, wherever a certificate of this issuer is recorded. */
async function readSameIssuers(view: DatabaseView, authorityId: string): Promise<string[]> {
  const row = await view.first(
    `SELECT STRING_AGG(s."id", ',') FROM "Authority" a JOIN "Certificate" c ON c."id" = a."certificateId"
       JOIN "Certificate" d ON d."keySha256" = c."keySha256" AND d."subject" = c."subject"
       JOIN "Authority" s ON s."certificateId" = d."id"
     WHERE a."id" = ?`,
    [authorityId],
  );
  return String(row?.[0] ?? authorityId).split(",");
}

async function readEntries(
  view: DatabaseView,
  issuerIds: readonly string[],
  notBefore: Date,
): Promise<Entries> {
  let bytesMax = 2 * ROOM_BYTES;
  for (const issuerId of issuerIds) {
    const measured = await view.first(`SELECT COUNT(*), SUM(LENGTH("serial")) FROM ${ROWS}`, [
      issuerId,
      notBefore,
      "",
    ]);
    const [most = 0, digits = 0] = (measured ?? []).map(Number);
    bytesMax += most * ENTRY_BYTES + digits;
  }
  // Memory that is not written to is not taken.
  const entries = { buffer: new Uint8Array(bytesMax), start: ROOM_BYTES, end: ROOM_BYTES, count: 0 };
  for (const issuerId of issuerIds) await appendEntries(view, issuerId, notBefore, entries);
  return entries;
}

async function appendEntries(
  view: DatabaseView,
  issuerId: string,
  notBefore: Date,
  entries: Entries,
): Promise<void> {
  // One text for many rows: a million rows that come singly take longer than all that is done with them.
  const line = [
    '"serial"',
    view.milliseconds('"revokedAt"'),
    '"reason"',
    `COALESCE(CAST(${view.milliseconds('"invalidAt"')} AS TEXT), '')`,
  ].join(" || ' ' || ");
  const slice = `SELECT STRING_AGG("line", ',' ORDER BY "notAfter", "serial"), MAX("notAfter")
    FROM (SELECT ${line} AS "line", "notAfter", "serial" FROM ${ROWS} ORDER BY "notAfter", "serial" LIMIT ${SLICE}) AS "slice"`;
  const read = (after: Date, serial: string) => {
    const rest = view.first(slice, [issuerId, after, serial]);
    rest.catch(() => {}); // is thrown where it is awaited, unless something else was thrown before
    return rest;
  };
  let next = read(notBefore, "");
  for (;;) {
    const [text, notAfter] = (await next) ?? [];
    if (typeof text !== "string") return;
    const lines = text.split(",");
    // PostgreSQL gathers the next slice while this one is encoded.
    next = read(new Date(Number(notAfter)), lines.at(-1)?.split(" ")[0] ?? "");
    for (const each of lines) {
      const [serial = "", revokedAt, reason, invalidAt] = each.split(" ");
      const entry = crlEntry({
        serial,
        revokedAt: new Date(Number(revokedAt)),
        reason: reason as RevocationReason, // written by the code that revokes only
        invalidAt: invalidAt === "" ? null : new Date(Number(invalidAt)),
      });
      entries.buffer.set(entry, entries.end);
      entries.end += entry.length;
      entries.count++;
    }
  }
}

async function signed(
  { name, keyIdentifier, signer }: Issuer,
  { buffer, start, end }: Entries,
  times: { thisUpdate: Date; nextUpdate: Date },
  number: bigint,
): Promise<Uint8Array> {
  const facts = {
    issuer: name,
    signatureAlgorithm: signer.algorithm,
    ...times,
    authorityKeyIdentifier: keyIdentifier,
    number,
  };
  const tbs = enclosed(buffer.subarray(start, end), tbsCrlFrame(facts, end - start));
  return enclosed(tbs, crlFrame(tbs.length, signer.algorithm, await signer.sign(tbs)));
}

/** Writes the frame round bytes, into the buffer that they lie in. */
function enclosed(content: Uint8Array, { before, after }: CrlFrame): Uint8Array {
  const start = content.byteOffset - before.length;
  const whole = new Uint8Array(content.buffer, start, before.length + content.length + after.length);
  whole.set(before);
  whole.set(after, before.length + content.length);
  return whole;
}
