import { keyIdentifier } from "../certificate.ts";
import { assembleCrl, type CrlEntryInput, crlEntry, encodeTbsCrl } from "../crl-writer.ts";
import { signTbs } from "../key.ts";
import { encodeName } from "../name.ts";
import type { TestIdentity } from "./issue.ts";

/** What a test wants otherwise than an empty CRL of a day that was made a minute ago. */
export interface CrlWishes {
  number?: bigint;
  thisUpdate?: Date;
  nextUpdate?: Date;
  entries?: readonly (Pick<CrlEntryInput, "serial"> & Partial<CrlEntryInput>)[];
}

/** A CRL of an authority of a test, in DER. */
export function testCrl(issuer: TestIdentity, wishes: CrlWishes = {}): Uint8Array {
  const { number = 1n, entries = [] } = wishes;
  const thisUpdate = wishes.thisUpdate ?? new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000);
  const tbs = encodeTbsCrl({
    issuer: encodeName(issuer.subject),
    signatureAlgorithm: issuer.algorithm,
    thisUpdate,
    nextUpdate: wishes.nextUpdate ?? new Date(thisUpdate.getTime() + 86_400_000),
    entries: entries.map((entry) =>
      crlEntry({ revokedAt: thisUpdate, reason: "unspecified", invalidAt: null, ...entry }),
    ),
    authorityKeyIdentifier: keyIdentifier(issuer.spki),
    number,
  });
  return assembleCrl(tbs, issuer.algorithm, signTbs(tbs, issuer.privateKey, issuer.algorithm));
}
