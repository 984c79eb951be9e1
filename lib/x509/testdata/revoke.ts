import { keyIdentifier } from "../certificate.ts";
import { assembleCrl, type CrlEntryInput, crlEntry, encodeTbsCrl } from "../crl-writer.ts";
import { signTbs } from "../key.ts";
import { encodeName } from "../name.ts";
import type { TestIdentity } from "./issue.ts";

/** What a test wants otherwise than an empty CRL of today. */
export interface TestCrlWishes {
  /** Revoked at thisUpdate for no particular reason, unless they say otherwise. */
  entries?: readonly (Pick<CrlEntryInput, "serial"> & Partial<CrlEntryInput>)[];
  number?: bigint;
  thisUpdate?: Date;
  nextUpdate?: Date;
}

const HOUR_MS = 3_600_000;

/** A CRL of an authority, valid from an hour ago for three days. */
export function testCrl(issuer: TestIdentity, wishes: TestCrlWishes = {}): Uint8Array<ArrayBuffer> {
  const anHourAgo = new Date(Math.floor(Date.now() / 1000) * 1000 - HOUR_MS);
  const { entries = [], number = 1n, thisUpdate = anHourAgo } = wishes;
  const tbs = encodeTbsCrl({
    issuer: encodeName(issuer.subject),
    signatureAlgorithm: issuer.algorithm,
    thisUpdate,
    nextUpdate: wishes.nextUpdate ?? new Date(thisUpdate.getTime() + 72 * HOUR_MS),
    entries: entries.map((entry) =>
      crlEntry({ revokedAt: thisUpdate, reason: "unspecified", invalidAt: null, ...entry }),
    ),
    authorityKeyIdentifier: keyIdentifier(issuer.spki),
    number,
  });
  return assembleCrl(tbs, issuer.algorithm, signTbs(tbs, issuer.privateKey, issuer.algorithm));
}
