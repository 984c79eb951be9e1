import { commentText } from "#lib/inventory/trust-bundle-pem.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

/** A CRL as it stands in a bundle. */
export interface PemCrl {
  /** Of its issuer; shown above it. */
  name: string;
  number: bigint | null;
  nextUpdate: Date;
  der: Uint8Array;
}

/** Octets of a line of PEM (RFC 7468 §2: 64 characters). */
const LINE = 48;

/** Encoded at once: about a millisecond, then others have their turn. */
const PIECE = LINE * 1_024;

/**
 * CRLs in PEM, each below a comment that names it, in pieces: a list of a million entries is sixty megabytes so.
 */
export async function* crlPem(crls: readonly PemCrl[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const { name, number, nextUpdate, der } of crls) {
    const facts = `${number === null ? "" : `number ${number}, `}next update ${nextUpdate.toISOString()}`;
    yield octets(`# ${commentText(name)}\n# ${facts}\n-----BEGIN X509 CRL-----\n`);
    for (let start = 0; start < der.length; start += PIECE) {
      const end = Math.min(start + PIECE, der.length);
      const base64 = Buffer.from(der.buffer, der.byteOffset + start, end - start).toString("base64");
      yield octets(base64.replace(/.{1,64}/g, "$&\n"));
      await letOthersRun();
    }
    yield octets("-----END X509 CRL-----\n");
  }
}

const octets = (text: string) => new TextEncoder().encode(text);
