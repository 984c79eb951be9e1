import { createHash } from "node:crypto";
import { bundleCertificates } from "#lib/authority/authority-read.ts";
import { currentCrl } from "#lib/authority/crl-current.ts";
import type { PemCrl } from "#lib/authority/crl-pem.ts";
import { foreignCrlDer } from "#lib/authority/foreign-crl-memory.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { publishedBundle } from "#lib/inventory/trust-bundle-publish.ts";
import { type ParsedCertificate, parseCertificate, parseCertificates } from "#lib/x509/certificate-reader.ts";
import { spkiSha256 } from "#lib/x509/fingerprint.ts";
import { formatName, namesEqual } from "#lib/x509/name.ts";

/** The CRLs of every authority in a chain or a bundle, ready to be sent. */
export interface CrlChain {
  /** Ours and those of others, each once. */
  crls: readonly ChainCrl[];
  /** A strong entity tag (RFC 9110 §8.8.3): another one as soon as one of them is another one. */
  etag: string;
  /** When the newest of them was made. */
  lastModified: Date;
  /** When the first of them ends. */
  nextUpdate: Date;
}

export interface ChainCrl extends Omit<PemCrl, "der"> {
  id: string;
  /** Short name of our authority; `foreign-` and the id of the source for another's. */
  label: string;
  lastModified: Date;
  /** Its bytes; null when it was replaced since. */
  read(): Promise<Uint8Array | null>;
}

/**
 * The CRL of every authority in a chain or a bundle: an authority's short name stands for it and those above it, the
 * others are those of /trust. Programs that use OpenSSL refuse everybody when one is missing, so all are there, or
 * it says which are not. Public: relying parties fetch it without a token.
 *
 * @param slug short name of an authority or a trust bundle
 * @throws DomainError `notFound`; `unavailable` naming what is missing and why
 */
export async function crlsOfChain(installation: Installation, slug: string): Promise<CrlChain> {
  const crls = new Map<string, ChainCrl>();
  const missing: string[] = [];
  const now = installation.clock.now();
  for (const certificate of await certificatesOf(installation, slug)) {
    // What is no authority issues nothing that could be revoked; of one that has ended nothing is valid any more, and
    // nobody publishes a CRL.
    if (!certificate.isCa || certificate.notAfter <= now) continue;
    const found = await crlOf(installation, certificate);
    if (typeof found === "string") missing.push(found);
    else crls.set(found.id, found);
  }
  if (missing.length > 0) {
    throw new DomainError(
      "unavailable",
      `The bundle of CRLs is not served, because a proxy would refuse everybody with what there is: ${missing.join("; ")}.`,
    );
  }
  const all = [...crls.values()];
  if (all.length === 0) {
    throw new DomainError("unavailable", "There is no CRL: no authority of the bundle is in force.");
  }
  const times = (pick: (crl: ChainCrl) => Date) => all.map((crl) => pick(crl).getTime());
  return {
    crls: all,
    etag: `"${createHash("sha256")
      .update(all.map(({ id }) => id).join())
      .digest("hex")
      .slice(0, 32)}"`,
    lastModified: new Date(Math.max(...times(({ lastModified }) => lastModified))),
    nextUpdate: new Date(Math.min(...times(({ nextUpdate }) => nextUpdate))),
  };
}

/**
 * Reads the CRLs of a chain, to be sent.
 *
 * @throws DomainError `unavailable` when one was replaced since
 */
export async function readChain({ crls }: CrlChain): Promise<PemCrl[]> {
  return Promise.all(
    crls.map(async (crl) => {
      const der = await crl.read();
      if (der !== null) return { ...crl, der };
      throw new DomainError(
        "unavailable",
        `The CRL of ${crl.name} is being replaced; try again in a moment.`,
      );
    }),
  );
}

async function certificatesOf(installation: Installation, slug: string): Promise<ParsedCertificate[]> {
  const made = await publishedBundle(installation, slug);
  if (made !== null) return parseCertificates(made.pem, { field: "bundle" });
  const certificates = await bundleCertificates(installation, slug);
  if (certificates.length === 0) {
    throw new DomainError("notFound", "There is no authority for this bundle yet.");
  }
  return certificates.map((der) => parseCertificate(der));
}

/** @returns why there is none, when there is none */
async function crlOf(installation: Installation, certificate: ParsedCertificate): Promise<ChainCrl | string> {
  const now = installation.clock.now();
  const name = formatName(certificate.subject);
  // By name and key, which is how programs look for it (RFC 5280 §6.3.3): of an authority that is here several times
  // each list has the entries of all.
  const rows = await installation.database.read.certificate.findMany({
    where: { keySha256: spkiSha256(certificate.spki), kind: "authority", status: "issued" },
    select: { id: true, body: true, authorities: { select: { slug: true } } },
    orderBy: { notAfter: "desc" },
  });
  const same = rows.filter(({ body }) => namesEqual(parseCertificate(body).subject, certificate.subject));
  // Those before others whose list names the same key identifier.
  const ours = same
    .filter(({ authorities }) => authorities.length > 0)
    .toSorted((a, b) => Number(isNamed(b, certificate)) - Number(isNamed(a, certificate)));
  const slug = ours[0]?.authorities[0]?.slug;
  if (slug !== undefined) {
    const crl = await currentCrl(installation, slug);
    if (crl === null) return `the CRL of ${slug} is not published yet`;
    if (crl.nextUpdate <= now) return `the CRL of ${slug} expired at ${crl.nextUpdate.toISOString()}`;
    const { id, authorityName, number, nextUpdate, lastModified, der } = crl;
    return { id, label: slug, name: authorityName, number, nextUpdate, lastModified, read: async () => der };
  }
  return foreignCrl(
    installation,
    name,
    same.map(({ id }) => id),
  );
}

const isNamed = ({ body }: { body: Uint8Array }, { subjectKeyIdentifier }: ParsedCertificate) =>
  parseCertificate(body).subjectKeyIdentifier === subjectKeyIdentifier;

async function foreignCrl(
  { database, clock }: Installation,
  name: string,
  certificateIds: string[],
): Promise<ChainCrl | string> {
  const sources = await database.read.crlSource.findMany({
    where: { certificateId: { in: certificateIds }, crlId: { not: null } },
    select: { id: true, crl: true },
  });
  // Of several sources the one whose list lasts longest.
  const [newest] = sources
    .flatMap(({ id, crl }) => (crl?.nextUpdate == null ? [] : [{ id, crl, nextUpdate: crl.nextUpdate }]))
    .sort((a, b) => b.nextUpdate.getTime() - a.nextUpdate.getTime());
  if (newest === undefined) return `the CRL of ${name} is neither uploaded nor followed under Revocation`;
  const { id, crl, nextUpdate } = newest;
  if (nextUpdate <= clock.now()) return `the CRL of ${name} expired at ${nextUpdate.toISOString()}`;
  return {
    id: crl.id,
    label: `foreign-${id}`,
    name,
    number: crl.number,
    nextUpdate,
    lastModified: crl.createdAt,
    read: () => foreignCrlDer(database, id, crl),
  };
}
