import type { Actor } from "#lib/authorization/actor.ts";
import type { Prisma } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";
import { certificatePaths } from "#lib/inventory/certificate-path.ts";
import { searchPaths } from "#lib/inventory/path-search.ts";
import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";

/** A certificate in a trust bundle. */
export interface BundleMember {
  /** Null for one above an imported authority that is not in the inventory itself. */
  id: string | null;
  name: string;
  subject: string;
  sha256: string;
  notBefore: Date;
  notAfter: Date;
  isRoot: boolean;
  /** The authority of ours whose certificate it is. */
  authority: { slug: string; name: string } | null;
  /** Whether the bundle holds what stands above it up to a root, as OpenSSL demands. */
  reachesRoot: boolean;
  /** When it does not: what stands above it in the inventory and is not in the bundle. */
  missing: { id: string; name: string }[];
}

/** What of a certificate is read for a bundle. */
export const MEMBER_SELECT = {
  id: true,
  displayName: true,
  subject: true,
  sha256: true,
  notBefore: true,
  notAfter: true,
  body: true,
  authorities: { select: { slug: true, name: true } },
} satisfies Prisma.CertificateSelect;

type MemberRow = Prisma.CertificateGetPayload<{ select: typeof MEMBER_SELECT }>;

/** For so many members what is missing above is looked for; more are mended one by one. */
const MISSING_LOOKUPS_MAX = 8;

/**
 * The members of a bundle with how far up they lead within it.
 *
 * @param rows in the order of the bundle
 */
export async function bundleMembers(
  installation: Installation,
  actor: Actor,
  rows: readonly MemberRow[],
): Promise<BundleMember[]> {
  const now = installation.clock.now();
  const nodes = rows.map(({ body }) => ({ parsed: readForeignCertificate(body) }));
  const inBundle = async () => nodes;
  let lookups = 0;
  const members: BundleMember[] = [];
  for (const [index, row] of rows.entries()) {
    const node = nodes[index] as { parsed: ParsedCertificate };
    const paths = await searchPaths(node, inBundle, now);
    const rooted = paths.filter(({ deadEnd }) => deadEnd === null);
    const reachesRoot = rooted.length > 0;
    members.push({
      id: row.id,
      name: row.displayName,
      subject: row.subject,
      sha256: node.parsed.sha256,
      notBefore: row.notBefore,
      notAfter: row.notAfter,
      isRoot: rooted.some(({ nodes: { length } }) => length === 1),
      authority: row.authorities[0] ?? null,
      reachesRoot,
      missing:
        reachesRoot || ++lookups > MISSING_LOOKUPS_MAX
          ? []
          : await missingAbove(installation, actor, row.id, new Set(rows.map(({ id }) => id))),
    });
  }
  return members;
}

/** What of the best way up to a root is not in the bundle. */
async function missingAbove(
  installation: Installation,
  actor: Actor,
  id: string,
  present: ReadonlySet<string>,
): Promise<{ id: string; name: string }[]> {
  const [path] = await certificatePaths(installation, actor, id);
  if (path === undefined || (path.end.kind !== "own-root" && path.end.kind !== "imported-root")) return [];
  return path.steps.flatMap((step) =>
    step.id === null || present.has(step.id) ? [] : [{ id: step.id, name: step.name }],
  );
}
