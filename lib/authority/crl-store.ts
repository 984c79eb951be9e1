import type { DriverConnection } from "#lib/driver.ts";

/** A CRL as it is recorded, without its bytes. */
export interface StoredCrl {
  id: string;
  authorityId: string;
  number: bigint;
  thisUpdate: Date;
  nextUpdate: Date;
  entries: number;
  size: number;
  /** Of all its bytes: it is served only when they have this hash. */
  sha256: string;
  createdAt: Date;
}

/** So much is written at once: others wait for the write lock meanwhile. */
const PART_BYTES = 524_288;

/** A list that takes a good part of the log. */
const LONG_BYTES = 8 * PART_BYTES;

/**
 * Writes a CRL in parts. Nobody serves it before CrlPublication names it; what a crash leaves behind is removed
 * with the lists that were replaced (crl-settle.ts).
 */
export async function storeCrl(connection: DriverConnection, crl: StoredCrl, der: Uint8Array): Promise<void> {
  for (let position = 0; position * PART_BYTES < der.length; position++) {
    const body = der.subarray(position * PART_BYTES, (position + 1) * PART_BYTES);
    await connection.transaction(async (transaction) => {
      // As text, which has all digits: one that former software of the authority counted may be beyond 2^53.
      if (position === 0) await transaction.insert("Crl", [{ ...crl, number: crl.number.toString() }]);
      await transaction.insert("CrlPart", [{ crlId: crl.id, position, body }]);
    });
  }
  // SQLite's log is written back by whoever makes it long: better here than by who answers requests.
  if (connection.provider === "sqlite" && der.length > LONG_BYTES) {
    await connection.all("PRAGMA wal_checkpoint(PASSIVE)");
  }
}
