import { refusedAuthority } from "#lib/authority/refused-authority.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { bundlePem } from "#lib/inventory/trust-bundle-pem.ts";
import { isReference } from "#lib/reference.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { formatName } from "#lib/x509/name.ts";
import type { NameConstraints } from "#lib/x509/name-constraints-encoding.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** What it takes to read a bundle. */
type BundleSource = Pick<Installation, "database" | "clock">;

/** An authority as lists and pages show it. */
export interface AuthorityView {
  id: string;
  slug: string;
  name: string;
  kind: "root" | "intermediate";
  parentId: string | null;
  status: "active" | "retired";
  /** Its certificate is held or revoked: no relying party accepts what it issued. */
  refused: "held" | "revoked" | null;
  purposes: ("server" | "client")[];
  nameConstraints: NameConstraints | null;
  pathLength: number | null;
  keyAlgorithm: string;
  /** Where its key lives: "sealed" in the database. */
  keyLocation: string;
  certificateId: string;
  subject: string;
  serial: string;
  sha256: string;
  notBefore: Date;
  notAfter: Date;
  version: number;
  createdAt: Date;
}

/** All authorities, roots first, each followed by those below it. */
export async function listAuthorities(installation: Installation, actor: Actor): Promise<AuthorityView[]> {
  authorize(actor, "authority:read");
  const rows = await installation.database.read.authority.findMany({
    include: {
      key: { select: { algorithm: true, location: true } },
      certificate: {
        select: {
          ...{ subject: true, serial: true, sha256: true, notBefore: true, notAfter: true },
          cohort: { select: { state: true } },
        },
      },
    },
    orderBy: { createdAt: "asc" },
  });
  const views = rows.map(
    ({ key, certificate, ...row }): AuthorityView => ({
      id: row.id,
      slug: row.slug,
      name: row.name,
      kind: row.kind as AuthorityView["kind"],
      parentId: row.parentId,
      status: row.status as AuthorityView["status"],
      refused: refusedAuthority({ name: row.name, state: certificate.cohort?.state })?.state ?? null,
      purposes: JSON.parse(row.purposes) as AuthorityView["purposes"],
      nameConstraints: JSON.parse(row.nameConstraints) as NameConstraints | null,
      pathLength: row.pathLength,
      keyAlgorithm: key.algorithm,
      keyLocation: key.location,
      certificateId: row.certificateId,
      subject: certificate.subject,
      serial: certificate.serial,
      sha256: certificate.sha256 ?? "",
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      version: row.version,
      createdAt: row.createdAt,
    }),
  );
  const below = (parentId: string | null): AuthorityView[] =>
    views.filter((view) => view.parentId === parentId).flatMap((view) => [view, ...below(view.id)]);
  return below(null);
}

/** One authority by id or slug. @throws DomainError `notFound` */
export async function getAuthority(
  installation: Installation,
  actor: Actor,
  idOrSlug: string,
): Promise<AuthorityView> {
  authorize(actor, "authority:read");
  if (!isReference(idOrSlug)) throw noSuchAuthority();
  const found = (await listAuthorities(installation, actor)).find(
    (view) => view.id === idOrSlug || view.slug === idOrSlug,
  );
  if (found === undefined) throw noSuchAuthority();
  return found;
}

/**
 * The certificate of an authority and those above it up to its root, DER, in this order. Public:
 * relying parties fetch it without a token (RFC 5280 §4.2.2.1).
 *
 * @throws DomainError `notFound`
 */
export async function authorityPath(installation: BundleSource, idOrSlug: string): Promise<Uint8Array[]> {
  if (!isReference(idOrSlug)) throw noSuchAuthority();
  const row = await installation.database.read.authority.findFirst({
    where: { OR: [{ id: idOrSlug }, { slug: idOrSlug }] },
    select: { parentId: true, issuersAbove: true, certificate: { select: { body: true } } },
  });
  if (row === null) throw noSuchAuthority();
  const above =
    row.parentId === null
      ? row.issuersAbove === ""
        ? []
        : decodePem(row.issuersAbove, { field: "issuersAbove" }).map((block) => block.der)
      : await authorityPath(installation, row.parentId);
  return [row.certificate.body, ...above];
}

/**
 * The PEM set that a relying party loads: `servers` to trust our servers, `clients` to trust our
 * clients, or an authority's slug for that one alone; each with every authority up to the root, as
 * OpenSSL-based proxies need. One that is retired stays in them until it ends. Public.
 *
 * @throws DomainError `notFound`
 */
export async function trustBundle(installation: BundleSource, bundle: string): Promise<string> {
  const certificates = await bundleCertificates(installation, bundle);
  if (certificates.length === 0)
    throw new DomainError("notFound", "There is no authority for this bundle yet.");
  const members = certificates.map((der) => {
    const { subject, notAfter } = parseCertificate(der);
    return { name: formatName(subject), notAfter, der };
  });
  return bundlePem(`Trust bundle ${bundle}`, members);
}

/**
 * The certificates of such a bundle, DER, each once.
 *
 * @throws DomainError `notFound` for an authority that there is not
 */
export async function bundleCertificates(installation: BundleSource, bundle: string): Promise<Uint8Array[]> {
  const purpose = bundle === "servers" ? "server" : bundle === "clients" ? "client" : null;
  const paths =
    purpose === null
      ? [await authorityPath(installation, bundle)]
      : await pathsForPurpose(installation, purpose);
  const certificates = new Map<string, Uint8Array>();
  for (const path of paths) {
    for (const certificate of path)
      certificates.set(Buffer.from(certificate).toString("base64"), certificate);
  }
  return [...certificates.values()];
}

/** For which purposes there is a bundle to fetch. */
export async function bundledPurposes(
  installation: Installation,
  actor: Actor,
): Promise<ReadonlySet<"server" | "client">> {
  authorize(actor, "authority:read");
  return new Set((await bundledAuthorities(installation)).flatMap(({ purposes }) => purposes));
}

async function pathsForPurpose(
  installation: BundleSource,
  purpose: "server" | "client",
): Promise<Uint8Array[][]> {
  const serving = (await bundledAuthorities(installation)).filter(({ purposes }) =>
    purposes.includes(purpose),
  );
  return Promise.all(serving.map(({ id }) => authorityPath(installation, id)));
}

/**
 * Those that sign end entities: every intermediate, and the roots that do so directly. A retired one stays
 * until it ends, because what it issued stays valid until then.
 */
async function bundledAuthorities(
  installation: BundleSource,
): Promise<{ id: string; purposes: AuthorityView["purposes"] }[]> {
  const now = installation.clock.now();
  const rows = await installation.database.read.authority.findMany({
    where: { certificate: { notAfter: { gt: now } } },
    select: {
      id: true,
      kind: true,
      purposes: true,
      certificate: { select: { source: true } },
      _count: { select: { profiles: true, children: true } },
    },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const signs = async ({ id, kind, certificate, _count: { profiles, children } }: (typeof rows)[number]) => {
    if (kind === "intermediate" || profiles > 0) return true;
    // What one from elsewhere issued before it came here is not recorded.
    if (certificate.source === "import" && children === 0) return true;
    // Its profiles may have been given to another authority since.
    const issued = await installation.database.read.certificate.findFirst({
      where: { issuerId: id, status: "issued", kind: "end-entity", notAfter: { gt: now } },
      select: { id: true },
    });
    return issued !== null;
  };
  const signing = await Promise.all(rows.map(signs));
  return (
    rows
      .filter((_, index) => signing[index])
      // A root is in the paths of those below it anyway: its first certificate of its own, an OCSP signer's, must not
      // give the same bundle another hash.
      .toSorted((a, b) => Number(a.kind === "root") - Number(b.kind === "root"))
      .map(({ id, purposes }) => ({ id, purposes: JSON.parse(purposes) as AuthorityView["purposes"] }))
  );
}

function noSuchAuthority(): DomainError {
  return new DomainError("notFound", "There is no such authority.");
}
