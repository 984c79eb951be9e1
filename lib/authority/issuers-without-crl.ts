import { inventoryName } from "#lib/authority/crl-source-issuer.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { commonName } from "#lib/x509/name.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** An authority above one of ours whose key we lack, and whose CRL we lack as well. */
export interface IssuerWithoutCrl {
  /** With it `createCrlSource` begins to keep its CRL. */
  sha256: string;
  name: string;
  issuerName: string;
  notAfter: Date;
  /** Our authorities below it. */
  below: { id: string; slug: string; name: string }[];
  /** Kept, but there is no list yet or it has expired. */
  source: { id: string; name: string; state: "missing" | "expired" } | null;
}

/**
 * The foreign authorities above ours whose CRL is not here: while there is one, CRL checking must stay off for whoever
 * loads the chain, because OpenSSL refuses everybody when the list of one issuer in the chain is missing.
 */
export async function issuersWithoutCrl(
  { database, clock }: Installation,
  actor: Actor,
): Promise<IssuerWithoutCrl[]> {
  authorize(actor, "authority:read");
  const now = clock.now();
  const [authorities, sources] = await Promise.all([
    database.read.authority.findMany({
      where: { issuersAbove: { not: "" }, certificate: { notAfter: { gt: now } } },
      select: { id: true, slug: true, name: true, issuersAbove: true },
      orderBy: { createdAt: "asc" },
    }),
    database.read.crlSource.findMany({
      select: {
        id: true,
        name: true,
        certificateId: true,
        issuerName: true,
        crl: { select: { nextUpdate: true } },
      },
    }),
  ]);
  const certificates = await database.read.certificate.findMany({
    where: { id: { in: sources.map(({ certificateId }) => certificateId) } },
    select: { id: true, keySha256: true },
  });
  const keys = new Map(certificates.map(({ id, keySha256 }) => [id, keySha256]));
  const own = await ownKeys({ database });
  const found = new Map<string, IssuerWithoutCrl>();
  for (const { issuersAbove, ...authority } of authorities) {
    for (const { der } of decodePem(issuersAbove, { field: "issuersAbove" })) {
      const { subject, sha256, spkiSha256, notAfter } = parseCertificate(der);
      // Its own key may have been imported later.
      if (own.has(spkiSha256)) continue;
      const issuerName = inventoryName(subject);
      const kept = sources.filter(
        (source) => source.issuerName === issuerName && keys.get(source.certificateId) === spkiSha256,
      );
      const isHere = kept.some(
        ({ crl }) => crl !== null && (crl.nextUpdate === null || crl.nextUpdate > now),
      );
      if (isHere) continue;
      const [first] = kept;
      const entry = found.get(spkiSha256 + issuerName) ?? {
        sha256,
        name: commonName(subject) ?? issuerName,
        issuerName,
        notAfter,
        below: [],
        source:
          first === undefined
            ? null
            : {
                id: first.id,
                name: first.name,
                state: first.crl === null ? ("missing" as const) : ("expired" as const),
              },
      };
      entry.below.push(authority);
      found.set(spkiSha256 + issuerName, entry);
    }
  }
  return [...found.values()];
}

async function ownKeys({ database }: Pick<Installation, "database">): Promise<Set<string>> {
  const rows = await database.read.authority.findMany({
    select: { certificate: { select: { keySha256: true } } },
  });
  return new Set(rows.map(({ certificate }) => certificate.keySha256));
}
