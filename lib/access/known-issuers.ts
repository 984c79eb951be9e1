import type { AuthorityView } from "#lib/access/decide/snapshot.ts";
import { issuerStandings } from "#lib/access/issuer-standing.ts";
import type { KnownIssuer } from "#lib/access/presented-certificate.ts";
import { issuerKey } from "#lib/authority/same-issuer.ts";
import type { Database } from "#lib/database.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { toHex } from "#lib/x509/hex.ts";

/** The authorities under which names count. */
export interface KnownIssuers {
  /** By DER Name in hex; authorities of one name and key are one. */
  bySubject: ReadonlyMap<string, readonly KnownIssuer[]>;
  /** Which authority stands for each: for most of them itself. */
  standsFor: ReadonlyMap<string, string>;
  /** How those are that stand for others, with what is above them. */
  standings: ReadonlyMap<string, AuthorityView>;
}

/** Reads all authorities, the oldest first. */
export async function readKnownIssuers({ read }: Database): Promise<KnownIssuers> {
  const rows = await read.authority.findMany({
    select: {
      ...{ id: true, parentId: true },
      certificate: {
        select: {
          ...{ keySha256: true, subject: true, body: true, notAfter: true },
          revocation: { select: { reason: true } },
        },
      },
    },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const bySubject = new Map<string, KnownIssuer[]>();
  const standsFor = new Map<string, string>();
  const first = new Map<string, string>();
  for (const { id, certificate } of rows) {
    const key = issuerKey(certificate);
    const known = first.get(key);
    standsFor.set(id, known ?? id);
    if (known !== undefined) continue;
    first.set(key, id);
    const { subjectDer, spki } = parseCertificate(certificate.body);
    const place = toHex(subjectDer);
    bySubject.set(place, [...(bySubject.get(place) ?? []), { id, subjectDer, spki }]);
  }
  const standings = issuerStandings(
    rows.map(({ id, parentId, certificate: { notAfter, revocation } }) => ({
      issuer: standsFor.get(id) ?? id,
      above: parentId === null ? null : (standsFor.get(parentId) ?? parentId),
      reason: revocation?.reason ?? null,
      notAfter: notAfter.getTime(),
    })),
  );
  return { bySubject, standsFor, standings };
}
