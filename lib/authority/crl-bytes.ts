import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Database } from "#lib/database.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

/** A CRL that was read from the database, whole. */
export interface CrlBytes {
  der: Uint8Array<ArrayBuffer>;
  /** The same compressed, made when first asked for and not on this thread; null when that saves nothing. */
  gzip(): Promise<Uint8Array<ArrayBuffer> | null>;
}

const onThePool = promisify(gzip);

/**
 * Reads a CRL, ours or a foreign one. Parts are read singly: a million entries are a hundred of them, and others have
 * their turn in between.
 *
 * @returns null when it is not there whole, byte for byte as it was signed: it was replaced meanwhile
 */
export async function readCrlBytes(
  { read }: Database,
  { id, size, sha256 }: { id: string; size: number; sha256: string },
): Promise<CrlBytes | null> {
  const der = new Uint8Array(size);
  const hash = createHash("sha256");
  let length = 0;
  for (let position = 0; length < size; position++) {
    const part = await read.crlPart.findUnique({
      where: { crlId_position: { crlId: id, position } },
      select: { body: true },
    });
    if (part === null || length + part.body.length > size) return null;
    der.set(part.body, length);
    hash.update(part.body);
    length += part.body.length;
    await letOthersRun();
  }
  return hash.digest("hex") === sha256 ? withGzip(der) : null;
}

function withGzip(der: Uint8Array<ArrayBuffer>): CrlBytes {
  let compressed: Promise<Uint8Array<ArrayBuffer> | null> | undefined;
  return {
    der,
    gzip() {
      compressed ??= onThePool(der).then((bytes) => (bytes.length < der.length ? bytes : null));
      return compressed;
    },
  };
}
